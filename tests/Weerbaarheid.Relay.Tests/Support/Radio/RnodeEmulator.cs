using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// An RNode (firmware 1.86 on an ESP32 board) as its host sees it. From what the source of the firmware (markqvist/RNode_Firmware) does:
/// the commands, their echoes and queries; the radio that stays off until frequency, bandwidth, spreading factor and power are set;
/// READY that is only ever an answer; the queue that overflows silently; frames over 508 bytes that vanish; the byte before each
/// packet and the split over 254 bytes; airtime locks that hold silently and only stop the next flush; reset at start; listening
/// before sending.
/// </summary>
/// <remarks>
/// Not verified on hardware: that the end of a data frame does not begin the next frame, the number and length of the slots when
/// listening, how often channel statistics come, error 02 for data while the radio is off, clamping of values out of range. Commands
/// act when their frame ends, where the firmware acts on the byte. Every packet is heard equally well. The real modem reckons its
/// airtime a little short. Left out: physical parameters, battery, temperature, the settings of listening, EEPROM, log.
/// </remarks>
internal sealed partial class RnodeEmulator : ModemEmulator
{
    private const byte Boot = 0xF8;
    private const byte RssiOffset = 157;

    private readonly RnodeFraming _framing = new();
    private readonly RnodeQueue _queue = new(frames: 200, bytes: 6_144);
    private RnodeSettings _settings = new();
    private RnodeAirFormat _incoming = new();
    private bool _isOn;

    /// <param name="slots">As in <see cref="CarrierSense"/>.</param>
    internal RnodeEmulator(RadioChannel channel, string name, int slots = 15)
        : base(channel, name) => _sense = new CarrierSense(channel, Station, slots);

    /// <summary>Major and minor, as told to the host.</summary>
    internal (byte Major, byte Minor) Firmware { get; set; } = (0x01, 0x56);

    /// <summary>dBm; 17 for an SX1276, 22 for an SX1262.</summary>
    internal byte MostPower { get; set; } = 17;

    /// <summary>Channel statistics come this often while the radio is on; null for a board without.</summary>
    internal TimeSpan? ChannelStatsEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>This setting is echoed with another value than it was given.</summary>
    internal byte? WrongEcho { get; set; }

    /// <summary>The radio cannot be switched on: a broken board.</summary>
    internal bool IsBroken { get; set; }

    internal bool IsOn => _isOn;

    /// <summary>Whole frames that wait.</summary>
    internal int Queued
    {
        get
        {
            lock (Channel.Lock)
                return _queue.Count;
        }
    }

    /// <summary>Tells of an error that the host did not cause.</summary>
    internal void Fail(byte error) => Babble(RnodeFraming.Frame(RnodeCommand.Error, error));

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var (command, payload) in _framing.Take(bytes))
        {
            if (!IsBooting) OnFrame(command, payload);
        }
    }

    protected override void Forget()
    {
        SwitchOff();
        _framing.Forget();
        _queue.Clear();
        (_settings, _incoming) = (new RnodeSettings(), new RnodeAirFormat());
        (_own, _all) = (new AirtimeBins(), new AirtimeBins());
    }

    protected override void OnStarted() => Say(RnodeCommand.Reset, Boot);

    protected override void OnHeard(Heard heard)
    {
        if (heard.IsDamaged || !_isOn) return;
        _all.Add(Channel.Now, _settings.Tuning!.TimeOnAir(heard.Bytes.Length));
        var frame = _settings.IsPromiscuous ? heard.Bytes.ToArray() : _incoming.Take(heard.Bytes.Span);
        if (frame is null) return;
        Say(RnodeCommand.Rssi, Heard.Rssi + RssiOffset);
        Say(RnodeCommand.Snr, Heard.SnrQuarters);
        Say(RnodeFraming.Frame(RnodeCommand.Data, frame));
    }

    private void OnFrame(byte command, byte[] payload)
    {
        if (_settings.Apply(command, payload, MostPower) is { } value)
        {
            if (command == WrongEcho) value[0] ^= 0x10;
            Say(RnodeFraming.Frame(command, value));
            if (_isOn) Station.Listening = _settings.Tuning;
            return;
        }

        switch (command)
        {
            case RnodeCommand.Data: OnData(payload); break;
            case RnodeCommand.RadioState when payload.Length > 0: OnRadioState(payload[0]); break;
            case RnodeCommand.Reset when payload is [Boot, ..]: Reset(); break;
            case RnodeCommand.FirmwareVersion: Say(RnodeFraming.Frame(command, Firmware.Major, Firmware.Minor)); break;
            case RnodeCommand.ReceivedCount: Say(RnodeFraming.Frame(command, BigEndian(Station.HeardWhole))); break;
            case RnodeCommand.SentCount: Say(RnodeFraming.Frame(command, BigEndian(Station.Packets))); break;
            default:
                if (Answer(command, payload) is { } answer) Say(command, answer);
                break;
        }
    }

    /// <summary>The queries that are answered with one byte.</summary>
    private byte? Answer(byte command, byte[] payload) => command switch
    {
        RnodeCommand.Detect when payload is [0x73, ..] => 0x46,
        RnodeCommand.RadioLock => (byte)(_settings.IsComplete ? 0 : 1),
        RnodeCommand.Ready => (byte)(_queue.HasRoom ? 1 : 0),
        RnodeCommand.Rssi => Heard.Rssi + RssiOffset,
        RnodeCommand.Random => (byte)Channel.Draw(256),
        RnodeCommand.Board => 0x37,
        RnodeCommand.Platform => 0x80,
        RnodeCommand.Mcu => 0x81,
        _ => null,
    };

    private void OnRadioState(byte asked)
    {
        if (asked == 0) SwitchOff();
        if (asked == 1 && _settings.IsComplete && IsBroken) Say(RnodeCommand.Error, RnodeError.InitialisingRadio);
        else if (asked == 1 && _settings.IsComplete && !_isOn) SwitchOn();
        Say(RnodeCommand.RadioState, (byte)(_isOn ? 1 : 0));
    }

    private static byte[] BigEndian(int count)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        return bytes;
    }

    private void Say(byte command, byte value) => Say(RnodeFraming.Frame(command, value));
}
