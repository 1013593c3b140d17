using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// The machine for a Microchip RN2483 without LoRaWAN (command reference DS40001784). Its radio does one thing at a time: it
/// listens until one packet came, must be stopped to transmit, and is told to listen again after either.
/// </summary>
internal sealed partial class Rn2483Modem(LoRaRadioOptions options) : IModem
{
    /// <summary>The modem takes 255 bytes; no frame needs the last few.</summary>
    internal const int MaxFrame = 250;
    private const int Attempts = 3;
    private const int BusyAttempts = 12;

    /// <summary>Frames in a row that were not transmitted before the modem is set up anew.</summary>
    private const int MostRefused = 3;

    /// <summary>Receptions that failed in a row before the modem gets time to breathe.</summary>
    private const int MostDamaged = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    /// <summary>For the modem's confirmation, after the time on the air.</summary>
    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(3);

    /// <summary>Between questions whether an idle modem is still there.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(60);

    /// <summary>A modem that heard nothing for this long may have stopped listening without a word, and is set up again.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromHours(1);

    private readonly string[] _setUp = Rn2483Line.SetUp(options);
    private readonly LinkDescription _description = Describe(options);
    private readonly LineFraming _framing = new(Rn2483Line.Longest);
    private readonly Dialogue _dialogue = new();
    private readonly Restarts _restarts = new();
    private readonly Trouble _trouble = new(options, "an RN2483");
    private Phase _phase;
    private int _step;
    private bool _ready;
    private bool _worked;
    private bool _answered;
    private bool _strange;
    private int _damaged;
    private int _refused;
    private TimeSpan _heard;
    private OutgoingFrame? _frame;

    private enum Phase
    {
        Closed,
        Setting,

        /// <summary>Told to listen, and has not said yes yet.</summary>
        Arming,
        Listening,
        Checking,
        Stopping,

        /// <summary>Has a frame, and has not said yes yet.</summary>
        Sending,
        OnAir,
    }

    /// <summary>For people; kept while the port is closed.</summary>
    public ModemFacts Facts { get; private set; } = new();

    public TimeSpan NextDue => _dialogue.Due;

    internal static LinkDescription Describe(LoRaRadioOptions options)
    {
        var air = new LoRaSettings(options.SpreadingFactor, options.Bandwidth, options.CodingRate, Rn2483Line.Preamble);
        return LoRaDescription.Of(options, MaxFrame, bytes => LoRaAirtime.Of(air, bytes));
    }

    public void Opened(TimeSpan now, ModemOutputs outputs)
    {
        _framing.Reset();
        _dialogue.Reset();
        _restarts.Reset();
        (_frame, _worked, _answered, _strange, _damaged, _refused) = (null, false, false, false, 0, 0);
        Set(0, now, outputs);
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
        if (_phase == Phase.Listening) Tell(Phase.Stopping, Rn2483Line.StopListening, Patience, now, outputs);
    }

    public void Tick(TimeSpan now, ModemOutputs outputs)
    {
        if (_phase == Phase.Closed || !_dialogue.IsOver(now, outputs)) return;
        if (_phase == Phase.Listening && now - _heard >= LongSilence) Set(0, now, outputs);
        else if (_phase == Phase.Listening) Tell(Phase.Checking, Rn2483Line.Question, Patience, now, outputs);
        else if (_phase is Phase.Sending or Phase.OnAir) SetAnew("it did not confirm a frame", sent: true, 0, now, outputs);
        else if (_dialogue.Attempts < Attempts) _dialogue.RepeatUnanswered(now, outputs);
        else if (_phase == Phase.Setting) Fail(_worked || _step > 0 ? _trouble.Silent : _trouble.NotFound(_answered), outputs);
        else SetAnew("it stopped answering", sent: false, 0, now, outputs);
    }

    private void Set(int step, TimeSpan now, ModemOutputs outputs)
    {
        (_step, _heard, _ready) = (step, now, false);
        Tell(Phase.Setting, _setUp[step], Patience, now, outputs);
    }

    private void Tell(Phase phase, string command, TimeSpan limit, TimeSpan now, ModemOutputs outputs)
    {
        _phase = phase;
        _dialogue.Tell(command, limit, now, outputs);
    }

    /// <summary>After a reception, whole or not. While something else is asked, listening follows that.</summary>
    private void ListenAgain(TimeSpan pause, TimeSpan now, ModemOutputs outputs)
    {
        if (_phase is not (Phase.Listening or Phase.Checking)) return;
        _phase = Phase.Arming;
        _dialogue.Tell(Rn2483Line.Listen, Patience, now, outputs, pause);
    }

    private void Step(TimeSpan now, ModemOutputs outputs)
    {
        if (++_step < _setUp.Length) Tell(Phase.Setting, _setUp[_step], Patience, now, outputs);
        else Tell(Phase.Arming, Rn2483Line.Listen, Patience, now, outputs);
    }

    /// <summary>The radio does nothing now: a frame first, else it listens.</summary>
    private void GoOn(TimeSpan now, ModemOutputs outputs)
    {
        if (_frame is null || !_ready) Tell(Phase.Arming, Rn2483Line.Listen, Patience, now, outputs);
        else Tell(Phase.Sending, Rn2483Line.Transmit(_frame.Bytes.Span), _description.Air!.TimeOnAir(_frame.Bytes.Length) + SendPatience, now, outputs);
    }

    /// <summary>The frame was not transmitted; whoever made it tries again from end to end.</summary>
    private void GiveUp(string answer, TimeSpan now, ModemOutputs outputs)
    {
        Sent(outputs);
        if (++_refused == 1) outputs.Add(_trouble.NotSent(answer));
        if (_refused % MostRefused == 0) SetAnew($"it does not transmit ({answer})", sent: false, 0, now, outputs);
        else GoOn(now, outputs);
    }

    private void Sent(ModemOutputs outputs)
    {
        outputs.Add(new ModemOutput.Sent(_frame!.Number));
        _frame = null;
    }

    /// <param name="sent">Whether a frame may be on the air: it is not sent twice.</param>
    private void SetAnew(string why, bool sent, int step, TimeSpan now, ModemOutputs outputs)
    {
        if (!_restarts.Allow(now))
        {
            Fail(_trouble.TooOften(why), outputs);
            return;
        }

        outputs.Add(_trouble.SetAnew(why));
        if (sent) Sent(outputs);
        Set(step, now, outputs);
    }

    private void Fail(string reason, ModemOutputs outputs)
    {
        _phase = Phase.Closed;
        _dialogue.Reset();
        outputs.Add(new ModemOutput.Failed(reason));
    }
}
