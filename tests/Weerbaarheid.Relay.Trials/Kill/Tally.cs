using System.Diagnostics;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>What happened in all chains, for the summary.</summary>
internal sealed class Tally
{
    private long _kills;
    private long _early;
    private long _acknowledged;
    private long _inFlight;
    private long _kept;
    private long _starts;
    private long _startTicks;
    private long _passed;

    public long Kills => Interlocked.Read(ref _kills);

    public void Killed(KilledNode node)
    {
        Interlocked.Increment(ref _kills);
        if (node.Ready == 0) Interlocked.Increment(ref _early);
        else
        {
            Interlocked.Increment(ref _starts);
            Interlocked.Add(ref _startTicks, Stopwatch.GetElapsedTime(node.Started, node.Ready).Ticks);
        }
    }

    public void Ended(Ledger ledger)
    {
        Interlocked.Add(ref _acknowledged, ledger.Acknowledgements);
        Interlocked.Add(ref _inFlight, ledger.InFlight);
        Interlocked.Add(ref _kept, ledger.Kept);
    }

    public void Passed(int envelopes) => Interlocked.Add(ref _passed, envelopes);

    public IReadOnlyList<string> Lines() =>
    [
        FormattableString.Invariant($"{_kills:N0} kills, {_early:N0} of them before the node took connections; a start took {TimeSpan.FromTicks(_startTicks / Math.Max(1, _starts)).TotalMilliseconds:N0} ms"),
        FormattableString.Invariant($"{_acknowledged:N0} acknowledgements, each held against the store after every kill; {_inFlight:N0} messages in flight at a kill, of which {_kept:N0} lay in the store without having been acknowledged"),
        FormattableString.Invariant($"{_passed:N0} envelopes on the wire between two nodes, no number with two contents"),
    ];
}
