using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <content>Promises that are checked from time to time, and at the end.</content>
internal sealed partial class Witness
{
    /// <summary>Most bytes that a frame takes around one envelope.</summary>
    private const int FrameMargin = 32;

    /// <summary>What must hold at any moment: bounded custody, and gaps that say what is missing.</summary>
    public void Check(IEnumerable<SimulatedNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.Status is not { } status) continue;
            if (status.Waiting.Sum() > rules.MaxHeld || status.WaitingBytes > rules.MaxHeldBytes)
                Broken($"site {node.Site.Id} holds {status.Waiting.Sum()} envelopes and {status.WaitingBytes} bytes, more than its limit");
            if (node.Site.Role == Role.Meldkamer) CheckGaps(node, status);
        }
    }

    /// <summary>What must hold when everything had time to settle.</summary>
    public void CheckEnd(IReadOnlyList<SimulatedNode> nodes)
    {
        foreach (var (key, fate) in _records)
        {
            if (!fate.IsSettled && fate.Type != MessageType.Bulletin && !IsMeldkamer(nodes, key.Origin)) Broken($"{key} (priority {fate.Priority}) was accepted, and never arrived or expired");
        }

        foreach (var node in nodes)
        {
            if (node.Status is not { } status) continue;
            if (status.Waiting.Sum() is var waiting and > 0) Broken($"{waiting} records still wait at site {node.Site.Id} after the quiet phase");
            if (node.Site.Role == Role.Meldkamer) CheckComplete(node, status, nodes);
        }
    }

    private static bool IsMeldkamer(IEnumerable<SimulatedNode> nodes, ushort site) => nodes.Any(node => node.Site.Id == site && node.Site.Role == Role.Meldkamer);

    /// <summary>A number is missing exactly when it is not on the meldkamer's disk, its expiry at the origin excepted.</summary>
    private void CheckGaps(SimulatedNode node, RelayStatus status)
    {
        var books = BooksOf(node);
        foreach (var (origin, highest) in books.Highest)
        {
            if (status.Origins.All(one => one.Site != origin || one.Highest < highest)) Broken($"site {node.Site.Id} has {origin}-{highest} and does not know that it exists");
        }

        foreach (var origin in status.Origins)
        {
            // Beyond the last gap that is shown, nothing is said number by number.
            var end = origin.Gaps.Count < 8 ? origin.Highest : origin.Gaps[^1].Last;
            for (ulong sequence = 1; sequence <= end; sequence++)
            {
                var key = new EnvelopeKey(origin.Site, Wire.Sealing.Series.Records, sequence);
                var isMissing = origin.Gaps.Any(gap => gap.First <= sequence && sequence <= gap.Last);
                var isHere = books.Stored.Contains(key);
                if (isMissing && isHere) Broken($"site {node.Site.Id} says that {key} is missing, and has it");
                if (!isMissing && !isHere && !(_records.TryGetValue(key, out var fate) && fate.IsSettled))
                    Broken($"site {node.Site.Id} does not have {key} and does not say that it is missing");
            }
        }
    }

    /// <summary>After the quiet phase the meldkamer knows the last number of every origin, and misses none.</summary>
    private void CheckComplete(SimulatedNode node, RelayStatus status, IReadOnlyList<SimulatedNode> nodes)
    {
        var single = nodes.Count(other => other.Site.Role == Role.Meldkamer) == 1;
        foreach (var origin in status.Origins)
            if (origin.Missing > 0) Broken($"site {node.Site.Id} still misses {origin.Missing} records of site {origin.Site} after the quiet phase");
        if (!single) return;
        foreach (var last in _records.Keys.GroupBy(key => key.Origin).Select(group => group.MaxBy(key => key.Sequence)))
        {
            if (!IsMeldkamer(nodes, last.Origin) && status.Origins.All(one => one.Site != last.Origin || one.Highest < last.Sequence))
                Broken($"site {node.Site.Id} does not know that {last} was given out");
        }
    }

    /// <summary>Nothing leaves before it is on this disk, and priority 1 handed in here is not overtaken by what came into custody later, on a frame in which it had room.</summary>
    private void CheckOrder(SimulatedNode node, Output.Send send)
    {
        var keys = _frames.RecordsIn(send.Frame.Bytes);
        if (keys.Count == 0) return;
        var books = BooksOf(node);
        foreach (var key in keys)
            if (!books.Stored.Contains(key)) Broken($"site {node.Site.Id} transmitted {key} before it was on its disk");
        books.Urgent.ExceptWith(keys);
        if (books.Urgent.Count == 0) return;
        foreach (var key in keys)
        {
            if (!books.Held.TryGetValue(key, out var held) || held.Priority == 1 || held.IsBulletin) continue;
            foreach (var urgent in books.Urgent)
            {
                var first = books.Held[urgent];
                if (first.Order < held.Order && first.Size + FrameMargin <= node.MaxFrame(send.Link))
                    Broken($"at site {node.Site.Id} priority {held.Priority} {key} overtook priority 1 {urgent}");
            }
        }
    }
}
