using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <content>Promises that are checked from time to time, and at the end.</content>
internal sealed partial class Witness
{
    /// <summary>What must hold at any moment: bounded memory, tallies that agree with these books, and gaps that say what is missing.</summary>
    public void Check(IReadOnlyList<SimulatedNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.Sizes is { } sizes) CheckSizes(node, sizes, nodes.Count);
            if (node.Status is not { } status) continue;
            if (status.Waiting.Sum() > rules.MaxHeld || status.WaitingBytes > rules.MaxHeldBytes)
                Broken($"site {node.Site.Id} holds {status.Waiting.Sum()} envelopes and {status.WaitingBytes} bytes, more than its limit", node.Site.Id);
            CheckTallies(node, status);
            CheckUntold(node);
            if (node.Site.Role == Role.Meldkamer) CheckGaps(node, status);
        }
    }

    private void CheckTallies(SimulatedNode node, RelayStatus status)
    {
        var books = BooksOf(node);
        foreach (var name in (string[])[Tallies.Accepted, Tallies.Delivered, Tallies.Received, Tallies.Expired, Tallies.Refused])
        {
            // Of an envelope that it cannot read, a relay's books do not show why it went.
            if (name == Tallies.Expired && node.Site.Role == Role.Noodsteunpunt) continue;
            if (books.Tallies.GetValueOrDefault(name) is var must && status.Tallies.GetValueOrDefault(name) is var says && says != must)
                Broken($"site {node.Site.Id} counts {says} {name}, and it was {must}", node.Site.Id);
        }
    }

    private void CheckSizes(SimulatedNode node, CoreSizes sizes, int sites)
    {
        void Bound(string what, int size, int most)
        {
            if (size > most) Broken($"site {node.Site.Id} remembers {size} {what}; at most {most} are expected", node.Site.Id);
        }

        // A full queue still takes what is made here and replaces what was: a heartbeat, a Sitrap, and a receipt for each site.
        Bound("envelopes", sizes.Held, rules.MaxHeld + sites + 2);
        Bound("neighbours", sizes.Neighbours, sites * node.Links);
        // One of records and one of closed numbers for each site, and its states: status, heartbeat, sitrap, and receipts for each.
        Bound("replay windows", sizes.Windows, sites * (5 + sites));
        Bound("ranges in a window", sizes.Ranges, SequenceRanges.MaxRanges);
        Bound("references", sizes.References, rules.MaxReferences + (rules.MaxReferences / 5) + 1);
        Bound("own records", sizes.OwnRecords, 5_000);
        Bound("urgent envelopes", sizes.Urgent, rules.MaxHeld);
        Bound("copies", sizes.Copies, rules.MaxHeld);
        Bound("answers", sizes.Answers, 4_096);
        Bound("frames in a modem", sizes.Outstanding, 64);
        Bound("envelopes in pieces", sizes.Parts, 256);
        Bound("envelopes passed on", sizes.Passed, 8_192);
        Bound("receipts", sizes.Receipts, sites);
        Bound("tags", sizes.Tags, 65_536);
    }

    /// <summary>What must hold when everything had time to settle.</summary>
    public void CheckEnd(IReadOnlyList<SimulatedNode> nodes)
    {
        foreach (var (key, fate) in _records)
        {
            if (!fate.IsSettled && fate.Type != MessageType.Bulletin && !IsMeldkamer(nodes, key.Origin)) Broken($"{key} (priority {fate.Priority}) was accepted, and never arrived or expired", key.Origin, key);
        }

        foreach (var node in nodes)
        {
            if (!node.IsOn) Broken($"site {node.Site.Id} is off after the quiet phase", node.Site.Id);
            CheckSettled(node);
            CheckOrphans(node);
            if (node.Status is { } status && node.Site.Role == Role.Meldkamer) CheckComplete(node, status, nodes);
        }
    }

    private void CheckSettled(SimulatedNode node)
    {
        // A relay without the key cannot read the receipt; a late copy of what is settled may still be on its way through it.
        foreach (var (key, held) in BooksOf(node).Held)
            if (!held.IsBulletin && !(IsForeign(node, key) && _records.TryGetValue(key, out var fate) && fate.IsSettled)) Broken($"{key} (priority {held.Priority}) still waits at site {node.Site.Id} after the quiet phase", node.Site.Id, key);
        var tallies = BooksOf(node).Tallies;
        if (node.Site.Role != Role.Noodsteunpunt) return;
        var own = _records.Count(pair => pair.Key.Origin == node.Site.Id);
        var expired = _records.Count(pair => pair.Key.Origin == node.Site.Id && pair.Value.ExpiredAt is not null);
        if (tallies.GetValueOrDefault(Tallies.Received) + expired != own)
            Broken($"site {node.Site.Id} took in {own} records, and {tallies.GetValueOrDefault(Tallies.Received)} were received and {expired} expired", node.Site.Id);
    }

    private static bool IsForeign(SimulatedNode node, EnvelopeKey key) => node.Site.Role == Role.Noodsteunpunt && key.Origin != node.Site.Id;

    private static bool IsMeldkamer(IEnumerable<SimulatedNode> nodes, ushort site) => nodes.Any(node => node.Site.Id == site && node.Site.Role == Role.Meldkamer);

    /// <summary>After the quiet phase the meldkamer knows the last number of every origin, and misses none.</summary>
    private void CheckComplete(SimulatedNode node, RelayStatus status, IReadOnlyList<SimulatedNode> nodes)
    {
        var single = nodes.Count(other => other.Site.Role == Role.Meldkamer) == 1;
        foreach (var origin in status.Origins)
            if (origin.Missing > 0) Broken($"site {node.Site.Id} still misses {origin.Missing} records of site {origin.Site} after the quiet phase", node.Site.Id, new EnvelopeKey(origin.Site, Series.Records, origin.Gaps[0].First));
        if (!single) return;
        foreach (var last in _records.Keys.GroupBy(key => key.Origin).Select(group => group.MaxBy(key => key.Sequence)))
        {
            if (!IsMeldkamer(nodes, last.Origin) && status.Origins.All(one => one.Site != last.Origin || one.Highest < last.Sequence))
                Broken($"site {node.Site.Id} does not know that {last} was given out", node.Site.Id, last);
        }
    }
}
