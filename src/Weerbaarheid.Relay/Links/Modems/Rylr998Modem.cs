using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>The machine for a REYAX RYLR998, which takes AT commands, one at a time, and packets of text.</summary>
internal sealed partial class Rylr998Modem(LoRaRadioOptions options) : IModem
{
    /// <summary>As <see cref="AtText"/> 240 characters, the most that the modem takes.</summary>
    internal const int MaxFrame = 192;

    /// <summary>The modem's own, on the air with every packet: its guide, at <c>AT+SEND</c>.</summary>
    private const int Header = 8;

    /// <summary>The guide prescribes it for every network but 18.</summary>
    private const int Preamble = 12;

    /// <summary>Not the 18 that every new module has: strangers are there.</summary>
    private const int OwnNetwork = 7;
    private const int OwnAddress = 1;
    private const int Attempts = 3;

    /// <summary>A packet before may keep the modem busy for as long as the longest one.</summary>
    private const int BusyAttempts = 12;

    /// <summary>Frames in a row that the modem refused before it is set up anew.</summary>
    private const int MostRefused = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.3);

    /// <summary>For the modem's answer, after the time on the air.</summary>
    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(3);

    /// <summary>Between questions whether an idle modem is still there.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(60);

    /// <summary>A modem that heard nothing for this long may have lost its settings without a word, and gets them again.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromHours(1);

    private readonly string[] _setUp = SetUp(options);
    private readonly LinkDescription _description = Describe(options);
    private readonly LineFraming _framing = new(Rylr998Line.Longest, Rylr998Line.Least);
    private readonly Dialogue _dialogue = new();
    private readonly Restarts _restarts = new();
    private readonly Trouble _trouble = new(options, "a RYLR998");
    private Phase _phase;
    private int _step;
    private bool _worked;
    private bool _answered;
    private bool _strange;
    private int _refused;
    private TimeSpan _heard;
    private OutgoingFrame? _frame;

    private enum Phase
    {
        Closed,
        Setting,
        Idle,
        Checking,
        Sending,
    }

    /// <summary>For people; kept while the port is closed.</summary>
    public ModemFacts Facts { get; private set; } = new();

    public TimeSpan NextDue => _dialogue.Due;

    internal static LinkDescription Describe(LoRaRadioOptions options)
    {
        var air = new LoRaSettings(options.SpreadingFactor, options.Bandwidth, options.CodingRate, Preamble);
        return LoRaDescription.Of(options, MaxFrame, bytes => LoRaAirtime.Of(air, AtText.Length(bytes) + Header));
    }

    public void Opened(TimeSpan now, ModemOutputs outputs)
    {
        _framing.Reset();
        _dialogue.Reset();
        _restarts.Reset();
        (_frame, _worked, _answered, _strange, _refused) = (null, false, false, false, 0);
        Set(now, outputs);
    }

    public void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs)
    {
        _answered |= bytes.Length > 0;
        while (_framing.TryTake(ref bytes, now, out var line))
        {
            if (_phase != Phase.Closed) Take(line, now, outputs);
        }
    }

    public void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs)
    {
        _frame = frame;
        if (_phase == Phase.Idle) Send(now, outputs);
    }

    public void Tick(TimeSpan now, ModemOutputs outputs)
    {
        if (_phase == Phase.Closed || !_dialogue.IsOver(now, outputs)) return;
        if (_phase == Phase.Idle && now - _heard >= LongSilence) Set(now, outputs);
        else if (_phase == Phase.Idle) Check(now, outputs);
        else if (_phase == Phase.Sending) Restart("it did not confirm a frame", sent: true, now, outputs);
        else if (_dialogue.Attempts < Attempts) _dialogue.RepeatUnanswered(now, outputs);
        else Fail(_worked || _step > 0 ? _trouble.Silent : _trouble.NotFound(_answered), outputs);
    }

    /// <summary>The network comes before the preamble, which depends on it.</summary>
    private static string[] SetUp(LoRaRadioOptions options) =>
    [
        "AT",
        "AT+MODE=0",
        $"AT+NETWORKID={options.NetworkId ?? OwnNetwork}",
        $"AT+ADDRESS={options.Address ?? OwnAddress}",
        $"AT+BAND={options.Frequency}",
        $"AT+PARAMETER={options.SpreadingFactor},{BandwidthCode(options.Bandwidth)},{options.CodingRate - 4},{Preamble}",
        $"AT+CRFOP={options.TxPower}",
    ];

    private static int BandwidthCode(int bandwidth) => bandwidth switch
    {
        500_000 => 9,
        250_000 => 8,
        _ => 7,
    };

    private void Set(TimeSpan now, ModemOutputs outputs)
    {
        (_phase, _step, _heard) = (Phase.Setting, 0, now);
        _dialogue.Tell(_setUp[0], Patience, now, outputs);
    }

    private void Check(TimeSpan now, ModemOutputs outputs)
    {
        _phase = Phase.Checking;
        _dialogue.Tell(_setUp[0], Patience, now, outputs);
    }

    private void Send(TimeSpan now, ModemOutputs outputs)
    {
        _phase = Phase.Sending;
        var text = AtText.Encode(_frame!.Bytes.Span);
        var limit = _description.Air!.TimeOnAir(_frame.Bytes.Length) + SendPatience;
        _dialogue.Tell($"AT+SEND=0,{text.Length},{text}", limit, now, outputs);
    }

    private void GoOn(TimeSpan now, ModemOutputs outputs)
    {
        _phase = Phase.Idle;
        _dialogue.Rest(now + CheckEvery);
        if (_frame is not null) Send(now, outputs);
    }

    /// <summary>The modem does not take the frame; whoever made it tries again from end to end.</summary>
    private void GiveUp(int code, TimeSpan now, ModemOutputs outputs)
    {
        Sent(outputs);
        if (++_refused == 1) outputs.Add(_trouble.NotSent(Rylr998Line.ErrorText(code)));
        if (_refused % MostRefused == 0) Restart($"it refuses frames ({Rylr998Line.ErrorText(code)})", sent: false, now, outputs);
        else GoOn(now, outputs);
    }

    private void Sent(ModemOutputs outputs)
    {
        outputs.Add(new ModemOutput.Sent(_frame!.Number));
        _frame = null;
    }

    /// <param name="sent">Whether a frame may be on the air: it is not sent twice.</param>
    private void Restart(string why, bool sent, TimeSpan now, ModemOutputs outputs)
    {
        if (!_restarts.Allow(now))
        {
            Fail(_trouble.TooOften(why), outputs);
            return;
        }

        if (_phase != Phase.Setting) outputs.Add(_trouble.SetAnew(why));
        if (sent) Sent(outputs);
        Set(now, outputs);
    }

    private void Fail(string reason, ModemOutputs outputs)
    {
        _phase = Phase.Closed;
        _dialogue.Reset();
        outputs.Add(new ModemOutput.Failed(reason));
    }
}
