using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// The machine for an RNode (firmware 1.52 or later). It finds the modem, sets it, checks what it took, and then gives it one
/// frame each time it says that there is room.
/// </summary>
/// <remarks>
/// The modem drops and holds frames without a word, and never tells when one is gone: a frame counts as sent when its time on
/// the air has passed. Whether it arrived only the other side can tell.
/// </remarks>
internal sealed partial class RnodeModem(LoRaRadioOptions options) : IModem
{
    /// <summary>What fits into one packet behind the modem's own header byte; a longer frame would become two packets, lost when either is.</summary>
    internal const int MaxFrame = 254;

    /// <summary>The most that the modem takes or gives.</summary>
    private const int LongestData = 508;

    /// <summary>The modem's own, in front of every packet.</summary>
    private const int Header = 1;
    private const int Attempts = 3;

    /// <summary>Questions in a row without any answer before the modem is given up.</summary>
    private const int MostUnanswered = 5;

    /// <summary>1.52; the second byte counts hundredths.</summary>
    private const int LeastFirmware = (1 << 8) | 52;

    /// <summary>Boards start anew when a port is opened.</summary>
    private static readonly TimeSpan Boot = TimeSpan.FromSeconds(2);

    /// <summary>Some boards blink for 0.6 s before they answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    /// <summary>Between questions whether a full queue has room again.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(0.5);

    /// <summary>A queue that is full for longer than this, and for longer than three of the longest packets take, does not move.</summary>
    private static readonly TimeSpan LongestFull = TimeSpan.FromSeconds(60);

    /// <summary>Between questions whether an idle modem is still there and still set.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(60);

    private readonly KissFraming _framing = new(1 + LongestData);
    private readonly LinkDescription _description = Describe(options);
    private readonly RnodeSetUp _settings = new(options, Eu868.Find(options.Frequency, options.Bandwidth)!.DutyCycle);
    private readonly Restarts _restarts = new();
    private readonly Trouble _trouble = new(options, "an RNode");
    private Phase _phase;
    private TimeSpan _due = TimeSpan.MaxValue;
    private int _attempts;
    private int _unanswered;
    private bool _answered;
    private int? _version;
    private bool _found;
    private bool _held;
    private string _lastError = "";
    private OutgoingFrame? _waiting;
    private TimeSpan _waitingSince;
    private (long Number, TimeSpan Ends)? _onAir;

    private enum Phase
    {
        Closed,
        Booting,
        Finding,
        Setting,
        Working,
    }

    /// <summary>For people; kept while the port is closed.</summary>
    public ModemFacts Facts { get; private set; } = new();

    public TimeSpan NextDue => _phase != Phase.Closed && _onAir is { } air && air.Ends < _due ? air.Ends : _due;

    internal static LinkDescription Describe(LoRaRadioOptions options)
    {
        // At least 18 symbols and at least 24 ms, as the firmware does it.
        var preamble = (int)Math.Max(18, Math.Ceiling(0.024 * options.Bandwidth / (1 << options.SpreadingFactor)));
        var air = new LoRaSettings(options.SpreadingFactor, options.Bandwidth, options.CodingRate, preamble);
        return LoRaDescription.Of(options, MaxFrame, bytes => LoRaAirtime.Of(air, bytes + Header));
    }

    public void Opened(TimeSpan now, ModemOutputs outputs)
    {
        _framing.Reset();
        _restarts.Reset();
        (_waiting, _onAir, _answered, _held, _lastError) = (null, null, false, false, "");
        (_phase, _due) = (Phase.Booting, now + Boot);
    }

    public void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs)
    {
        _answered |= _phase == Phase.Finding && bytes.Length > 0;
        while (_framing.TryTake(ref bytes, out var frame))
        {
            if (_phase is Phase.Closed or Phase.Booting) continue;
            Take(frame[0], frame.AsSpan(1), now, outputs);
        }
    }

    public void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs)
    {
        (_waiting, _waitingSince) = (frame, now);
        if (_phase == Phase.Working) Ask(now, outputs);
    }

    public void Tick(TimeSpan now, ModemOutputs outputs)
    {
        if (_onAir is { } air && air.Ends <= now)
        {
            _onAir = null;
            outputs.Add(new ModemOutput.Sent(air.Number));
        }

        if (_due > now) return;
        if (_phase == Phase.Booting) Find(now, outputs);
        else if (_phase == Phase.Finding) FindAgain(now, outputs);
        else if (_phase == Phase.Setting) SetAgain(now, outputs);
        else if (_phase == Phase.Working) Ask(now, outputs);
    }

    private void Find(TimeSpan now, ModemOutputs outputs)
    {
        (_phase, _attempts, _found, _version) = (Phase.Finding, 0, false, null);
        FindAgain(now, outputs);
    }

    private void FindAgain(TimeSpan now, ModemOutputs outputs)
    {
        if (++_attempts <= Attempts) Write(RnodeProtocol.Handshake, Patience, now, outputs);
        else if (_found) Fail("the RNode does not tell its firmware's version: update it (rnodeconf --update)", outputs);
        else Fail(_trouble.NotFound(_answered), outputs);
    }

    private void Set(TimeSpan now, ModemOutputs outputs)
    {
        _settings.Reset();
        (_phase, _attempts) = (Phase.Setting, 0);
        SetAgain(now, outputs);
    }

    private void SetAgain(TimeSpan now, ModemOutputs outputs)
    {
        if (++_attempts <= Attempts) Write(_settings.Commands(), Patience, now, outputs);
        else if (_settings.Mismatch() is { } wrong) Fail(wrong + _lastError, outputs);
        else Fail($"the RNode did not confirm {_settings.Missing}{_lastError}: switch it off and on, and update its firmware (rnodeconf --update)", outputs);
    }

    /// <summary>Asks for room when a frame waits, and whether the modem is still there otherwise.</summary>
    private void Ask(TimeSpan now, ModemOutputs outputs)
    {
        if (++_unanswered > MostUnanswered) Fail(_trouble.Silent, outputs);
        else Write(_waiting is null ? RnodeProtocol.AskState : RnodeProtocol.AskRoom, Patience, now, outputs);
    }

    /// <summary>Gives the modem a frame; it transmits it when the channel is free.</summary>
    private void Hand(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs)
    {
        _waiting = null;
        _onAir = (frame.Number, now + _description.Air!.TimeOnAir(frame.Bytes.Length));
        Write(KissFraming.Encode(RnodeProtocol.Data, frame.Bytes.Span), CheckEvery, now, outputs);
    }

    private void Restart(string why, bool find, TimeSpan now, ModemOutputs outputs)
    {
        if (!_restarts.Allow(now))
        {
            Fail(_trouble.TooOften(why), outputs);
            return;
        }

        // While it is being found it is set up next anyway.
        if (_phase == Phase.Working) outputs.Add(_trouble.SetAnew(why));
        if (find) Find(now, outputs);
        else Set(now, outputs);
    }

    private void Write(ReadOnlyMemory<byte> bytes, TimeSpan limit, TimeSpan now, ModemOutputs outputs)
    {
        _due = now + limit;
        outputs.Add(new ModemOutput.Write(bytes));
    }

    private void Fail(string reason, ModemOutputs outputs)
    {
        (_phase, _due) = (Phase.Closed, TimeSpan.MaxValue);
        outputs.Add(new ModemOutput.Failed(reason));
    }
}
