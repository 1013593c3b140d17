using System.Text;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>One command at a time to a modem that answers in lines: what it was told last, how often, and until when it may think.</summary>
internal sealed class Dialogue
{
    /// <summary>
    /// After a command that had to be repeated the modem may answer twice, and the second answer must not be taken for the next
    /// command's.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    private string? _command;
    private TimeSpan _limit;
    private bool _pausing;
    private bool _timedOut;

    /// <summary>When <see cref="IsOver"/> is worth asking.</summary>
    internal TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Whether an answer is awaited; what comes in a pause is none.</summary>
    internal bool IsAsking => !_pausing && Due != TimeSpan.MaxValue;

    /// <summary>How often the command in question was told.</summary>
    internal int Attempts { get; private set; }

    internal void Reset() => (Due, _command, _pausing, _timedOut, Attempts) = (TimeSpan.MaxValue, null, false, false, 0);

    /// <param name="limit">How long the modem may take to answer.</param>
    /// <param name="pause">Before it is told.</param>
    internal void Tell(string command, TimeSpan limit, TimeSpan now, ModemOutputs outputs, TimeSpan pause = default)
    {
        (Attempts, _command, _limit) = (0, command, limit);
        if (_timedOut && pause < Settling) pause = Settling;
        _timedOut = false;
        if (pause > TimeSpan.Zero) Repeat(pause, now);
        else Say(now, outputs);
    }

    /// <summary>The same command once more, after a pause.</summary>
    internal void Repeat(TimeSpan pause, TimeSpan now) => (Due, _pausing) = (now + pause, true);

    /// <summary>The same command once more, because no answer came.</summary>
    internal void RepeatUnanswered(TimeSpan now, ModemOutputs outputs)
    {
        _timedOut = true;
        Say(now, outputs);
    }

    /// <summary>Nothing is asked until then.</summary>
    internal void Rest(TimeSpan until) => (Due, _command, _pausing) = (until, null, true);

    /// <summary>Goes on after a pause.</summary>
    /// <returns>True when the time for an answer, or a rest, is over.</returns>
    internal bool IsOver(TimeSpan now, ModemOutputs outputs)
    {
        if (Due > now) return false;
        if (!_pausing || _command is null) return true;
        Say(now, outputs);
        return false;
    }

    private void Say(TimeSpan now, ModemOutputs outputs)
    {
        Attempts++;
        (Due, _pausing) = (now + _limit, false);
        outputs.Add(new ModemOutput.Write(Encoding.ASCII.GetBytes(_command + "\r\n")));
    }
}
