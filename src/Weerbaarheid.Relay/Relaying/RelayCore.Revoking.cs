using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// Revocations: signed by the region's authority, passed on to everybody, kept for ever. From the moment that a node has one, it takes
/// nothing any more that a revoked site sealed or sent.
/// </content>
internal sealed partial class RelayCore
{
    /// <summary>A neighbour that has the newest revocation hears it again after this time: its disk may have been replaced without anybody noticing.</summary>
    private static readonly TimeSpan OfferedAgain = TimeSpan.FromHours(12);

    /// <summary>Offers that nobody took, after which they come hourly: a neighbour without the authority's public key never takes one.</summary>
    private const int ManyOffers = 64;

    private readonly Trust _trust = new();
    private readonly Dictionary<ushort, TimeSpan> _toldRevoked = [];
    private readonly Queue<(LinkState Link, ushort Site, byte Epoch)> _tellRevoked = new();

    /// <returns>Whether it is to be acknowledged.</returns>
    private bool TakeRevocation(Neighbour from, in EnvelopeHeader header, ReadOnlySpan<byte> bytes, TimeSpan bornAt, Instant at, Effects effects)
    {
        var link = LinkOf(from);
        if (_trust.Held is { } known && known.Bytes.Span.SequenceEqual(bytes))
        {
            NoteHas(known, from.Site, at.Now);
            return MayAnswerRepeat(link, at.Now);
        }

        var outcome = Open(header, bytes, out var sequence, out var length);
        if (outcome == OpenOutcome.NotAuthentic) _tallies.Count(Tallies.NotAuthentic);
        if (outcome != OpenOutcome.Opened || !Sequence.Exists(sequence)) return false;
        if (!MessageCodec.TryDecode(header, _body.AsSpan(0, length), out var message, out _) || message is not Revocation told) return false;
        _issuers.Add(header.Origin);
        var before = _trust.Current;
        if (_trust.IsNewer(told, bytes))
        {
            Adopt(told, new EnvelopeKey(header.Origin, Series.States, sequence), header, bytes.ToArray(), bornAt, from.Site, at, effects);
        }
        else
        {
            if (!MayAnswerRepeat(link, at.Now)) return false;
            OfferAgain(from.Site);
        }

        // Two meldkamers, or one with a new disk, may each have shut out whom the other did not know of.
        if (before is not null && MayIssue) IssueUnion(before, told, at, effects);
        return true;
    }

    private void Adopt(
        Revocation told, EnvelopeKey key, in EnvelopeHeader header, byte[] bytes, TimeSpan bornAt, ushort cameFrom, Instant at, Effects effects)
    {
        if (_trust.Held is { } older)
        {
            _custody.Remove(older);
            effects.Store(new StoreChange.Remove(older.Key));
        }

        effects.Store(new StoreChange.Put(new StoredEnvelope(
            key, header, bytes, bornAt, at.Wall, Custody: true, MessageState.Opgeslagen, Delivered: false, Announced: true, null, null)));
        _windows.Note(header, key.Sequence, durable: true);
        KeepRevocation(told, Hold(header, key, bytes, bornAt, cameFrom, MessageState.Opgeslagen, null, RelayRules.LifetimeOf(MessageType.Revocation)));
        if (cameFrom != 0) NoteHas(_trust.Held!, cameFrom, at.Now);
        var before = _keys.Epoch;
        FollowRevocation();
        if (_keys.Epoch > before) NoteBehind(before, at.Now);
        var dropped = ShutOut(effects);
        var shutOut = told.Revoked.Count == 0 ? "nobody is shut out" : $"shut out: site {string.Join(", ", told.Revoked)}";
        effects.Emit(new Output.Noted(NoteLevel.Warning, $"revocation {told.Serial}: {shutOut}; key epoch {told.Epoch}, frames from epoch {told.OldestEpoch} on; {dropped} envelopes of theirs go no further"));
        if (_trust.IsRevoked(_self.Id)) effects.Emit(new Output.Noted(NoteLevel.Warning, $"THIS SITE, {_self.Id}, IS SHUT OUT: nothing from here is taken in anywhere any more"));
    }

    private void KeepRevocation(Revocation told, Held held)
    {
        _trust.Adopt(told, held);
        _custody.Add(held);
    }

    /// <summary>A revocation also says which epoch the region is in, and which are over.</summary>
    private void FollowRevocation()
    {
        if (_trust.Current is not { } told) return;
        if (_keys.HoldsRegion) _keys.MoveTo((byte)told.Epoch);
        if (told.OldestEpoch > 0) _keys.Close((byte)(told.OldestEpoch - 1));
    }

    /// <summary>
    /// What a revoked site sealed and is held here goes no further: nobody would take it. What was delivered before stays what it was.
    /// </summary>
    /// <returns>How many envelopes that were.</returns>
    private int ShutOut(Effects effects)
    {
        var shutOut = _custody.All.Where(held => IsOfRevoked(held.Header)).ToList();
        foreach (var held in shutOut)
        {
            _custody.Remove(held);
            _tallies.Count(Tallies.Revoked);
            if (RelayRules.IsEphemeral(held.Header.Type)) continue;
            var isOwn = held.Key.Origin == _self.Id;
            if (!_keys.Holds(held.Key.Origin)) effects.Store(new StoreChange.Remove(held.Key));
            else effects.Store(new StoreChange.SetProgress(held.Key, isOwn ? MessageState.Afgewezen : held.State, Custody: false, null));
            if (isOwn) Progress(held.Key, held.Header.Type, MessageState.Afgewezen, held.ClientRef, null, effects);
        }

        _custody.Recall(hop => _trust.IsRevoked(hop.Site));
        _custody.RecallPassed(_trust.IsRevoked);
        _around.Forget(_trust.IsRevoked);
        return shutOut.Count;
    }

    /// <summary>Whether an envelope comes from a revoked site or goes to one. What the authority signed holds, whoever sent it.</summary>
    private bool IsOfRevoked(in EnvelopeHeader header) => header.Mode != SealMode.Signature
        && (_trust.IsRevoked(header.Origin) || (EnvelopeHeader.HasDestination(header.Type) && _trust.IsRevoked(header.Destination)));

    /// <summary>A frame of a revoked site is dropped; now and then it is answered with the revocation, so that its people know.</summary>
    private void RefuseRevoked(LinkState link, ushort sender, byte epoch, TimeSpan now)
    {
        link.FramesRefused++;
        _tallies.Count(Tallies.Revoked);
        if (_toldRevoked.TryGetValue(sender, out var told) && now < told + _rules.ReceiptPatience) return;
        if (_tellRevoked.Count >= MessageLimits.Revoked || !MayAnswerRepeat(link, now)) return;
        _toldRevoked[sender] = now;
        _tellRevoked.Enqueue((link, sender, epoch));
    }

    private void TellRevoked(TimeSpan now, Effects effects)
    {
        while (_tellRevoked.TryDequeue(out var next))
        {
            var (link, site, epoch) = next;
            if (_trust.Held is not { } held || !_keys.TakesFrames(epoch) || !link.HasRoom) continue;
            if (!HasAir(link, held.Bytes.Length + LargestOverhead(link), RelayRules.ReceiptReserve, now)) continue;
            _writers[link.Index].Address(site, epoch: epoch);
            if (TryAdd(link, held, now)) Send(link, null, now, effects);
        }
    }

    /// <summary>A neighbour told or showed that it has a revocation.</summary>
    private static void NoteHas(Held revocation, ushort site, TimeSpan now)
    {
        revocation.HasIt!.Add(site);
        revocation.OfferAt![site] = now + OfferedAgain;
    }

    /// <summary>A neighbour may not have the newest revocation, whatever it said before.</summary>
    private void OfferAgain(ushort site)
    {
        if (_trust.Held is not { } held) return;
        held.OfferAt!.Remove(site);
        held.Offers = 0;
    }

    private void RestoreRevocation(StoredEnvelope stored)
    {
        if (StoredMessages.Open(_keys, stored) is not Revocation told || !_trust.IsNewer(told, stored.Bytes.Span)) return;
        if (_trust.Held is { } older) _custody.Remove(older);
        KeepRevocation(told, Hold(stored.Header, stored.Key, stored.Bytes, stored.BornAt, 0, stored.State, null, RelayRules.LifetimeOf(MessageType.Revocation)));
    }
}
