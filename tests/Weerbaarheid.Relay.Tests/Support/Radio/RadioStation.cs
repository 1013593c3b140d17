namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>What a listening radio makes of a transmission that ended.</summary>
/// <param name="Bytes">What was sent; empty when it was damaged.</param>
/// <param name="IsDamaged">Something else was on the air meanwhile.</param>
internal readonly record struct Heard(ReadOnlyMemory<byte> Bytes, bool IsDamaged)
{
    /// <summary>In dBm, the same for everybody: distance is not simulated.</summary>
    internal const int Rssi = -60;

    /// <summary>In quarters of a dB.</summary>
    internal const int SnrQuarters = 38;
}

/// <summary>One modem's radio: half duplex, hears only what it is tuned to, from the beginning to the end.</summary>
internal sealed class RadioStation
{
    private readonly RadioChannel _channel;
    private LoRaTuning? _listening;
    private TimeSpan _listeningSince;

    internal RadioStation(RadioChannel channel, string name) => (_channel, Name) = (channel, name);

    internal string Name { get; }

    /// <summary>Packets sent.</summary>
    internal int Packets { get; private set; }

    /// <summary>Time on air of the packets sent.</summary>
    internal TimeSpan Airtime { get; private set; }

    /// <summary>Packets heard whole.</summary>
    internal int HeardWhole { get; private set; }

    /// <summary>Packets heard that another transmission spoilt.</summary>
    internal int HeardDamaged { get; private set; }

    /// <summary>What the radio does with what it hears; called with the channel's lock held.</summary>
    internal Action<Heard>? OnHeard { get; set; }

    /// <summary>When the last packet is, or was, off the air.</summary>
    internal TimeSpan SendsUntil { get; private set; }

    /// <summary>What the receiver is tuned to; null while it is off.</summary>
    internal LoRaTuning? Listening
    {
        get => _listening;
        set
        {
            lock (_channel.Lock)
            {
                _channel.CatchUp();
                if (_listening == value) return;
                (_listening, _listeningSince) = (value, _channel.Now);
            }
        }
    }

    /// <summary>Puts a packet on the air, whatever else is there; after the one before it, if that is still there.</summary>
    /// <param name="sent">Called when it has been sent.</param>
    internal void Send(LoRaTuning tuning, ReadOnlyMemory<byte> bytes, Action? sent = null)
    {
        lock (_channel.Lock)
        {
            var transmission = _channel.Begin(this, tuning, bytes, sent);
            Packets++;
            Airtime += transmission.Duration;
            SendsUntil = transmission.End;
        }
    }

    /// <summary>Whether the receiver was on and tuned to it from its beginning.</summary>
    internal bool IsTunedTo(Transmission transmission) =>
        _listening is { } tuning && tuning.Hears(transmission.Tuning) && _listeningSince <= transmission.Start;

    internal void Hear(Heard heard)
    {
        if (heard.IsDamaged) HeardDamaged++;
        else HeardWhole++;
        OnHeard?.Invoke(heard);
    }
}
