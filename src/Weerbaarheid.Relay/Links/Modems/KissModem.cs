namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// The machine for a TNC: a frame of ours is the information of an AX.25 UI frame. KISS tells nothing about what became of a
/// frame, so one counts as sent when the channel had time to carry it.
/// </summary>
internal sealed class KissModem(KissOptions options) : IModem
{
    /// <summary>Destination, source, control and protocol.</summary>
    internal const int HeaderLength = (2 * Ax25Address.Length) + 2;

    /// <summary>The most information in a frame (AX.25 v2.0 §2.4.1.2, N1).</summary>
    internal const int MaxFrame = 256;

    /// <summary>One on the air, one ready behind it, which a TNC may send in the same go.</summary>
    private const int Window = 2;

    private const int MostRepeaters = 8;
    private const byte UnnumberedInformation = 0x03;
    private const byte NoLayer3 = 0xF0;

    private readonly KissFraming _framing = new(1 + HeaderLength + (MostRepeaters * Ax25Address.Length) + MaxFrame);
    private readonly Queue<(long Number, TimeSpan Ends)> _sending = new(Window);
    private TimeSpan _channelFree;
    private bool _noted;

    /// <summary>The commands of KISS; the other half of the byte is the port of the TNC, for us 0.</summary>
    private enum Command : byte
    {
        Data = 0,
        TxDelay = 1,
        Persist = 2,
        SlotTime = 3,
    }

    public TimeSpan NextDue => _sending.TryPeek(out var next) ? next.Ends : TimeSpan.MaxValue;

    internal static LinkDescription Describe(KissOptions options) =>
        new(options.Name, "kiss", MaxFrame, Math.Min(options.Baud * 8 / 10, options.AirRate), Window, options.Peers)
        {
            Air = new Air(options.Band, options.DutyCycle, options.TimeOnAir),
            OnlyClear = options.Amateur,
        };

    public void Opened(TimeSpan now, ModemOutputs outputs)
    {
        _framing.Reset();
        _sending.Clear();
        _channelFree = now;
        Write(outputs, Command.TxDelay, [(byte)(options.TxDelay.TotalMilliseconds / 10)]);
        Write(outputs, Command.Persist, [(byte)options.Persist]);
        Write(outputs, Command.SlotTime, [(byte)(options.SlotTime.TotalMilliseconds / 10)]);
        if (!_noted) outputs.Add(new ModemOutput.Noted($"transmits as {options.CallSign}{(options.Amateur ? ", nothing encrypted" : ". Sealed messages may not be sent on amateur frequencies (ITU Radio Regulations 25.2A): set amateur to true there")}"));
        _noted = true;
        outputs.Add(new ModemOutput.Ready());
    }

    public void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs)
    {
        while (_framing.TryTake(ref bytes, out var frame))
            if (Information(frame) is { Length: > 0 and <= MaxFrame } information) outputs.Add(new ModemOutput.Heard(information));
    }

    public void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs)
    {
        var packet = new byte[HeaderLength + frame.Bytes.Length];
        options.Destination.Write(packet, command: true, last: false);
        options.CallSign.Write(packet.AsSpan(Ax25Address.Length), command: false, last: true);
        (packet[HeaderLength - 2], packet[HeaderLength - 1]) = (UnnumberedInformation, NoLayer3);
        frame.Bytes.Span.CopyTo(packet.AsSpan(HeaderLength));
        Write(outputs, Command.Data, packet);
        _channelFree = (_channelFree > now ? _channelFree : now) + options.TimeOnAir(frame.Bytes.Length);
        _sending.Enqueue((frame.Number, _channelFree));
    }

    public void Tick(TimeSpan now, ModemOutputs outputs)
    {
        while (_sending.TryPeek(out var next) && next.Ends <= now) outputs.Add(new ModemOutput.Sent(_sending.Dequeue().Number));
    }

    private static void Write(ModemOutputs outputs, Command command, ReadOnlySpan<byte> data) =>
        outputs.Add(new ModemOutput.Write(KissFraming.Encode((byte)command, data)));

    /// <summary>What is inside a UI frame to our destination; null for everything else that is on the channel.</summary>
    private ReadOnlyMemory<byte>? Information(byte[] frame)
    {
        if ((frame[0] & 0x0F) != (byte)Command.Data) return null;
        // Destination, source, and the repeaters that passed it on; the last one says that it is.
        var (at, addresses) = (1, 0);
        for (var more = true; more; addresses++, at += Ax25Address.Length)
        {
            if (addresses == 2 + MostRepeaters || frame.Length - at < Ax25Address.Length) return null;
            more = !Ax25Address.IsLast(frame.AsSpan(at));
        }

        if (addresses < 2 || frame.Length - at < 2 || frame[at] != UnnumberedInformation || frame[at + 1] != NoLayer3) return null;
        return options.Destination.Is(frame.AsSpan(1)) ? frame.AsMemory(at + 2) : null;
    }
}
