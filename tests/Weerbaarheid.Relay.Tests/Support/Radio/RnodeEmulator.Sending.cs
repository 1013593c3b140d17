using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>The radio of an <see cref="RnodeEmulator"/>: what goes on the air, and when.</summary>
internal sealed partial class RnodeEmulator
{
    private const byte NoiseFloor = 40;
    private const byte NoInterference = 0xFF;

    /// <summary>How often a locked modem looks whether it may send again.</summary>
    private static readonly TimeSpan LockStep = TimeSpan.FromMilliseconds(500);

    private readonly CarrierSense _sense;
    private AirtimeBins _own = new();
    private AirtimeBins _all = new();

    // Waiting for the air, or sending. Whoever waited before the radio was switched off finds another number here.
    private bool _isAccessing;
    private int _access;

    /// <summary>Whether an airtime limit keeps it from sending.</summary>
    internal bool IsLocked
    {
        get
        {
            lock (Channel.Lock)
                return IsOver(_settings.ShortLimit, _own.Short(Channel.Now)) || IsOver(_settings.LongLimit, _own.Long(Channel.Now));
        }
    }

    private void SwitchOn()
    {
        _isOn = true;
        Station.Listening = _settings.Tuning;
        TellChannel(_access);
        Access();
    }

    private void SwitchOff()
    {
        _isOn = _isAccessing = false;
        _access++;
        Station.Listening = null;
    }

    private void OnData(byte[] frame)
    {
        if (!_isOn)
        {
            Say(RnodeCommand.Error, RnodeError.Sending);
            return;
        }

        _queue.Put(frame);
        Access();
    }

    /// <summary>Waits for the air if there is something to send; while locked it does nothing, and tells nobody.</summary>
    private void Access()
    {
        if (!_isOn || _isAccessing || _queue.Count == 0) return;
        _isAccessing = true;
        var access = _access;
        if (IsLocked)
        {
            After(LockStep, () =>
            {
                if (access == _access) AccessAgain();
            });
        }
        else
        {
            _sense.WhenClear(() => access == _access ? _settings.Tuning : null, Flush);
        }
    }

    private void AccessAgain()
    {
        _isAccessing = false;
        Access();
    }

    /// <summary>The whole queue goes out in one go; only then the locks are looked at again.</summary>
    private void Flush()
    {
        var packets = _queue.TakeAll().Where(frame => frame.Length <= (_settings.IsPromiscuous ? 255 : RnodeAirFormat.LongestFrame))
            .SelectMany(frame => _settings.IsPromiscuous ? [frame] : RnodeAirFormat.Packets(frame, Channel.Draw(16)));
        SendNext(new Queue<byte[]>(packets), _access);
    }

    private void SendNext(Queue<byte[]> packets, int access)
    {
        if (access != _access) return;
        if (!packets.TryDequeue(out var packet))
        {
            AccessAgain();
            return;
        }

        var tuning = _settings.Tuning!;
        _own.Add(Channel.Now, tuning.TimeOnAir(packet.Length));
        _all.Add(Channel.Now, tuning.TimeOnAir(packet.Length));
        Send(tuning, packet, () => SendNext(packets, access));
    }

    private void TellChannel(int access)
    {
        if (access != _access || ChannelStatsEvery is not { } every) return;
        var payload = new byte[11];
        var now = Channel.Now;
        double[] shares = [_own.Short(now), _own.Long(now), _all.Short(now), _all.Long(now)];
        for (var i = 0; i < shares.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2 * i), (ushort)Math.Min(10_000, shares[i] * 10_000));
        (payload[8], payload[9], payload[10]) = (Heard.Rssi + RssiOffset, NoiseFloor, NoInterference);
        Say(RnodeFraming.Frame(RnodeCommand.ChannelStats, payload));
        After(every, () => TellChannel(access));
    }

    private static bool IsOver(double limit, double used) => limit > 0 && used >= limit;
}
