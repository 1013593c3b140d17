namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>A radio that passes bytes through as if it were a wire (HC-12, EBYTE E22, SiK), or a wire.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Port">Device path, or <c>tcp://host:port</c>.</param>
/// <param name="Baud">Bits per second of the serial line.</param>
/// <param name="AirRate">Bits per second on the air.</param>
/// <param name="MaxFrame">The most bytes in a frame; as much as the radio sends in one piece, so that one loss costs one frame.</param>
/// <param name="Band">Links of one band share one ledger.</param>
/// <param name="DutyCycle">Share of any hour that may be transmitted, 0 to 1.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
internal sealed record UartOptions(string Name, string Port, int Baud, int AirRate, int MaxFrame, string Band, double DutyCycle, IReadOnlyList<ushort> Peers)
    : LinkOptions(Name, Peers)
{
    internal override string Place => Port;

    /// <summary>How long a frame keeps the line and the air busy; the slower of the two counts.</summary>
    internal TimeSpan TimeOnAir(int frame)
    {
        var bytes = CobsFraming.EncodedLength(frame);
        return TimeSpan.FromSeconds(Math.Max(bytes * 10.0 / Baud, bytes * 8.0 / AirRate));
    }
}

/// <summary>
/// The machine for it. The radio tells nothing, so a frame counts as sent when the line had time to carry it: what waits stays
/// with the core, where something urgent can overtake it, and not in the radio.
/// </summary>
internal sealed class UartModem(UartOptions options) : IModem
{
    /// <summary>One on the line, one ready behind it.</summary>
    private const int Window = 2;

    /// <summary>After this long without sending, noise may have come before the next frame.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly CobsFraming _framing = new(options.MaxFrame);
    private readonly Queue<(long Number, TimeSpan Ends)> _sending = new(Window);

    // When the line is, or was, through with the last frame; null when nothing was sent since the port was opened.
    private TimeSpan? _lineFree;

    public TimeSpan NextDue => _sending.TryPeek(out var next) ? next.Ends : TimeSpan.MaxValue;

    internal static LinkDescription Describe(UartOptions options) =>
        new(options.Name, "uart", options.MaxFrame, Math.Min(options.Baud * 8 / 10, options.AirRate), Window, options.Peers)
        {
            Air = new Air(options.Band, options.DutyCycle, options.TimeOnAir),
        };

    public void Opened(TimeSpan now, ModemOutputs outputs)
    {
        _framing.Reset();
        _sending.Clear();
        _lineFree = null;
        outputs.Add(new ModemOutput.Ready());
    }

    public void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs)
    {
        while (_framing.TryTake(ref bytes, out var frame)) outputs.Add(new ModemOutput.Heard(frame));
    }

    public void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs)
    {
        var afterSilence = _lineFree is not { } free || now - free >= Silence;
        outputs.Add(new ModemOutput.Write(CobsFraming.Encode(frame.Bytes.Span, afterSilence)));
        var begins = _lineFree is { } busy && busy > now ? busy : now;
        _lineFree = begins + options.TimeOnAir(frame.Bytes.Length);
        _sending.Enqueue((frame.Number, _lineFree.Value));
    }

    public void Tick(TimeSpan now, ModemOutputs outputs)
    {
        while (_sending.TryPeek(out var next) && next.Ends <= now) outputs.Add(new ModemOutput.Sent(_sending.Dequeue().Number));
    }
}
