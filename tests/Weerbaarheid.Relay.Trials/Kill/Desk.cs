using System.Diagnostics;
using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>A client at a node in one life of it: connects as soon as it can, hands in, and kills.</summary>
internal sealed class Desk
{
    /// <summary>For a start, or for answers. One that never comes is worth the wait; on a machine with eighty others at work a start was seen to take over a minute.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private static readonly int[] Windows = [1, 2, 8, 32, 64];

    private readonly KilledNode _node;
    private readonly Ledger _ledger;
    private readonly int _window;
    private readonly int _quality;
    private HandingIn? _client;

    public Desk(KilledNode node, Ledger ledger, ref SplitMix64 random)
    {
        (_node, _ledger) = (node, ledger);
        _window = Windows[random.Next() % (ulong)Windows.Length];
        _quality = random.Next() % 4 == 0 ? 2 : 1;
    }

    /// <summary>Hands in until the moment, then kills.</summary>
    /// <returns>What the node did wrong; null when nothing.</returns>
    public string? Until(KillMoment moment)
    {
        while (true)
        {
            var since = moment.FromStart ? _node.Started : _node.Ready;
            var left = since == 0 ? Slice : moment.After - Stopwatch.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) break;
            if (Step(left < Slice ? left : Slice) is { } wrong) return wrong;
        }

        _node.Kill();
        return null;
    }

    /// <summary>Hands in until nothing is left to ask, then kills.</summary>
    public string? UntilAnswered()
    {
        var begun = Stopwatch.GetTimestamp();
        while (_client is not { IsAccepted: true } || _client.IsWaiting || _ledger.HasMore)
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience) return $"node {_node.Site} did not answer everything in {Patience.TotalSeconds} s; {_node.Log()}";
            if (Step(Slice) is { } wrong) return wrong;
        }

        _node.Kill();
        return null;
    }

    /// <summary>One look at the node and one at the connection.</summary>
    public string? Step(TimeSpan most)
    {
        if (_node.Gone() is { } gone) return gone;
        _client ??= HandingIn.TryConnect(_node.Port, _ledger, _window, _quality);
        if (_client is null)
        {
            if (Stopwatch.GetElapsedTime(_node.Started) > Patience) return $"node {_node.Site} takes no connections after {Patience.TotalSeconds} s; {_node.Log()}";
            Thread.Sleep(most);
            return null;
        }

        var wrong = _client.Pump(most);
        if (_client.IsAccepted && _node.Ready == 0) _node.Ready = Stopwatch.GetTimestamp();
        if (wrong is not null || !_client.IsBroken) return wrong;
        // The node drops who takes too long, and on a machine without time that can be us. What was not answered is handed in again over the next.
        return Close();
    }

    /// <summary>The node is dead: what it still said counts.</summary>
    public string? Close()
    {
        var wrong = _client?.Finish();
        _client?.Dispose();
        _client = null;
        return wrong;
    }
}
