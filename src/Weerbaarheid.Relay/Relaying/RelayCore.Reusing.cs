using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// A number that comes with a second record, by the origin's own hand: it lost part of its store and does not know it. The first record
/// stays what it is; the second is not taken for it, and its origin hears of it in the receipt and numbers it anew.
/// </content>
internal sealed partial class RelayCore
{
    /// <summary>How often in a period of heartbeats a check is asked for while records wait for it; and at most, when receipts come that have none.</summary>
    private const int Asks = 6, MostAsks = 20;

    /// <summary>The same where airtime is short, and a chain of radios has to carry the questions of all behind it.</summary>
    private const int AsksOnAir = 2, MostAsksOnAir = 5;

    private readonly KnownTags _tags = new();
    private bool _isChecked;
    private TimeSpan _lastHeartbeat;

    /// <summary>
    /// Whether its number may be one that was given out before, by this node before its store fell back: no receipt has shown yet, in this start or an
    /// earlier one, that the meldkamer means the same records by this site's numbers.
    /// </summary>
    private bool IsDoubtful(EnvelopeKey key) => !_isChecked && key.Origin == _self.Id && key.Series == Series.Records && key.Sequence >= FirstDoubtful;

    /// <summary>A receipt names a doubtful number: whatever it means, the record was heard of, and a receipt with a check will tell more.</summary>
    private void Doubt(Held held, Neighbour from, TimeSpan now, Effects effects)
    {
        if (held.Stage == Stage.InFlight && ReferenceEquals(held.Hop, from))
        {
            _custody.Passed(held, from.Site, now + _rules.ReceiptPatience);
            NoteSent(held, effects, custody: true);
        }

        if (_around.Up is { } up && now - _lastHeartbeat >= HeartbeatPeriod(up) / (IsShortOfAir(up) ? MostAsksOnAir : MostAsks)) _heartbeatDue = now;
    }

    /// <summary>The first number of which no check has shown yet what the meldkamer means by it: from there on it is asked.</summary>
    private ulong FirstDoubtful { get; }

    /// <summary>Up to where the numbers of the store were checked; all of it in a store that says nothing of that, or is in another life.</summary>
    private ulong KnownChecked(ulong records) =>
        _windows.CheckedOf(_self.Id) is { } last && Sequence.LifeOf(last) == Sequence.LifeOf(records) ? Math.Min(last, records) : records;

    /// <summary>Once the meldkamer is known to mean the same records, what it confirms of those that are made after is known too.</summary>
    private void NoteChecked()
    {
        var waiting = _custody.All.Where(held => held.Key.Origin == _self.Id && held.Key.Series == Series.Records && Sequence.LifeOf(held.Key.Sequence) == _counters.Life);
        _windows.SetChecked(_self.Id, waiting.Select(held => held.Key.Sequence - 1).Append(_counters.LastRecord).Min());
    }

    private TimeSpan HeartbeatPeriod(Neighbour up) => LinkPace.HeartbeatPeriod(_around.Links[up.Link].Description);

    private bool IsShortOfAir(Neighbour up) => _around.Links[up.Link].Description.Air is { DutyCycle: < 1 };

    /// <returns>Whether to acknowledge it: the meldkamer answers in its receipt; who is in between passes it on, so that the meldkamer sees it.</returns>
    private bool TakeReused(in Incoming incoming, ReadOnlySpan<byte> bytes, int length, Instant at, Effects effects)
    {
        var (header, key) = (incoming.Header, incoming.Key);
        if (IsMeldkamer)
        {
            _tallies.Count(Tallies.Reused);
            // Its origin may not have it any more: it is missing here until it comes under a number of its own. What this version cannot read says its bytes.
            _windows.NoteSecond(key.Origin, MessageCodec.TryDecode(header, _body.AsSpan(0, length), out var second, out _) && second is not null ? SubmittedBody.PrintOf(second) : KnownTags.TagOf(bytes));
            if (_desk.Reused(key))
            {
                effects.Emit(new Output.Noted(NoteLevel.Warning,
                    $"site {key.Origin} sent another record under number {key.Number}, which is in use: its store fell back to an earlier state, or two nodes run with its keys. "
                    + "The second record was not taken in, and counts as missing here; the site is told to number it anew. If it does not come, ask the site what it was: it may have lost it."));
            }

            OweReceipt(incoming, at.Now);
            return true;
        }

        if (_custody.Find(key) is { } held) return held.Bytes.Span.SequenceEqual(bytes);
        if (incoming.BornAt + RelayRules.LifetimeOf(header.Type) <= at.Now) return true;
        if (!HasStoreFor(header.Type, header.Priority) || !_custody.HasRoomFor(header.Priority, bytes.Length)) return false;
        // Not on disk, where the first one lies under this number: if it is lost here, its origin sends it again.
        _custody.Add(Hold(incoming, bytes.ToArray(), RelayRules.LifetimeOf(header.Type)));
        return true;
    }

    /// <summary>What a receipt says of another's record that was numbered twice: nobody needs it under that number any more.</summary>
    private void LetGoOfReused(ushort origin, Receipt receipt, Effects effects)
    {
        foreach (var sequence in receipt.Reused)
        {
            if (_custody.Find(new EnvelopeKey(origin, Series.Records, sequence)) is not { } held) continue;
            _custody.Remove(held);
            effects.Store(new StoreChange.SetProgress(held.Key, held.State, Custody: false, null));
        }
    }

    private ulong? TagOfOwn(ulong sequence)
    {
        var key = new EnvelopeKey(_self.Id, Series.Records, sequence);
        return _tags.Find(key) ?? (_custody.Find(key) is { } held ? KnownTags.TagOf(held.Bytes.Span) : null);
    }

    /// <summary>Whether nothing of a record of this node waits any more: the meldkamer may have it, or the number closed, and nobody is told anything by this.</summary>
    private bool IsOver(ulong sequence) => _custody.Find(new EnvelopeKey(_self.Id, Series.Records, sequence)) is null;

    /// <summary>How a receipt shows that this node gave numbers out a second time; null when it does not.</summary>
    private string? SignOfReuse(Receipt receipt)
    {
        if (receipt.Highest > _counters.LastRecord)
            return $"the meldkamer has number {Sequence.NameOf(receipt.Highest)} of this site, and the last that this store gave out is {Sequence.NameOf(_counters.LastRecord)}";
        foreach (var sequence in receipt.Reused)
            if (Sequence.LifeOf(sequence) == _counters.Life) return $"the meldkamer had another message of this site under number {Sequence.NameOf(sequence)} before";
        return !_isChecked && KnownTags.IsAnswerTo(receipt.Check, FirstDoubtful) && !KnownTags.Matches(receipt, FirstDoubtful, TagOfOwn, IsOver) ?
            "the meldkamer means other messages by the numbers of this site than were made here, or cannot say which" : null;
    }
}
