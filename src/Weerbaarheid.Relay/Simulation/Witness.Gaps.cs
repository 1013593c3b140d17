using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <content>What a meldkamer knows to be missing.</content>
internal sealed partial class Witness
{
    /// <summary>Gaps that a report shows; of the rest it tells how many numbers are missing.</summary>
    private const int GapsShown = 8;

    private readonly byte[] _body = new byte[MessageLimits.Body];

    /// <summary>A meldkamer dealt with frames, and what it made of them is on its disk.</summary>
    public void Heard(SimulatedNode node, List<ReadOnlyMemory<byte>> frames)
    {
        var heard = BooksOf(node).HeardOf;
        foreach (var frame in frames)
        {
            if (FrameReader.TryOpen(keys, FrameWatch.FormOf(frame), frame.Span, out var reader) != FrameOutcome.Opened || reader.To != node.Site.Id || reader.Sender == node.Site.Id) continue;
            while (reader.Next() is var item and not (FrameItem.End or FrameItem.Unreadable))
            {
                if (item == FrameItem.Envelope && LastNumber(reader.Envelope) is { } last) heard[last.Origin] = Math.Max(heard.GetValueOrDefault(last.Origin), last.Sequence);
            }
        }
    }

    /// <summary>After a restart a meldkamer still knows what it heard of: no heartbeat may come for long.</summary>
    private void CheckKnown(SimulatedNode node, NodeBooks books, Snapshot snapshot)
    {
        foreach (var (origin, last) in books.HeardOf)
        {
            if (last > 0 && !snapshot.Windows.Any(window => window.Key == new WindowKey(origin, 0, 0) && window.Highest >= last))
                Broken($"site {node.Site.Id} heard of {origin}-{last} and forgot it at a restart", node.Site.Id, new EnvelopeKey(origin, Series.Records, last));
        }
    }

    /// <summary>The last record that an origin gave out, by its heartbeat; null when this is none.</summary>
    private EnvelopeKey? LastNumber(ReadOnlySpan<byte> envelope)
    {
        if (!EnvelopeHeader.TryRead(envelope, out var header) || header.Type != MessageType.Heartbeat) return null;
        if (Envelope.TryOpen(keys, envelope, Sequence.Of(header.Life ?? 0, header.SequenceLow), _body, out var length) != OpenOutcome.Opened) return null;
        return MessageCodec.TryDecode(header, _body.AsSpan(0, length), out var message, out _) && message is Heartbeat heartbeat
            ? new EnvelopeKey(header.Origin, Series.Records, heartbeat.LastRecord) : null;
    }

    /// <summary>A number is missing exactly when it is not on the meldkamer's disk, its expiry at the origin excepted.</summary>
    private void CheckGaps(SimulatedNode node, RelayStatus status)
    {
        var books = BooksOf(node);
        foreach (var (origin, highest) in books.Highest.Concat(books.HeardOf))
        {
            if (highest > 0 && status.Origins.All(one => one.Site != origin || one.Highest < highest))
                Broken($"site {node.Site.Id} has {origin}-{highest}, or heard of it, and does not know that it exists", node.Site.Id, new EnvelopeKey(origin, Series.Records, highest));
        }

        foreach (var origin in status.Origins)
        {
            CheckMissing(node, books, origin);
            CheckGaps(node, books, origin);
        }
    }

    /// <summary>How many are missing in all, also beyond the gaps that are shown: those that are not here, and of these only what expired may be known to be closed.</summary>
    private void CheckMissing(SimulatedNode node, NodeBooks books, OriginStatus origin)
    {
        var absent = origin.Highest - books.ArrivedOf(origin.Site);
        var expired = (ulong)_expired.GetValueOrDefault(origin.Site, []).Count(key => !books.Stored.Contains(key) && key.Sequence <= origin.Highest);
        if (origin.Missing > absent || origin.Missing + expired < absent)
            Broken($"site {node.Site.Id} says that {origin.Missing} records of site {origin.Site} are missing, and it is {absent}, {expired} that expired among them", node.Site.Id);
    }

    private void CheckGaps(SimulatedNode node, NodeBooks books, OriginStatus origin)
    {
        // Up to here all was found to be there at an earlier check, and what is there stays.
        var complete = books.Complete.GetValueOrDefault(origin.Site);
        if (origin.Gaps.Count > 0 && origin.Gaps[0].First <= complete) Broken($"site {node.Site.Id} says that {origin.Site}-{origin.Gaps[0].First} is missing, and it was there", node.Site.Id);
        // Beyond the last gap that is shown, nothing is said number by number.
        var end = origin.Gaps.Count < GapsShown ? origin.Highest : origin.Gaps[^1].Last;
        for (var sequence = Math.Max(complete, Sequence.Of(Sequence.LifeOf(end), 0)) + 1; sequence <= end; sequence++)
        {
            var key = new EnvelopeKey(origin.Site, Series.Records, sequence);
            var isMissing = origin.Gaps.Any(gap => gap.First <= sequence && sequence <= gap.Last);
            var isHere = books.Stored.Contains(key);
            if (isMissing && isHere) Broken($"site {node.Site.Id} says that {key} is missing, and has it", node.Site.Id, key);
            if (isMissing) continue;
            if (!isHere && !(_records.TryGetValue(key, out var fate) && fate.ExpiredAt is not null)) Broken($"site {node.Site.Id} does not have {key} and does not say that it is missing", node.Site.Id, key);
            if (sequence == books.Complete.GetValueOrDefault(origin.Site) + 1) books.Complete[origin.Site] = sequence;
        }
    }
}
