using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What is owed to others in acknowledgements and receipts, and what follows from theirs.</content>
internal sealed partial class RelayCore
{
    private void OweReceipt(in Incoming incoming, TimeSpan now)
    {
        var header = incoming.Header;
        if (header.Series != Series.Records && header.Type != MessageType.Heartbeat) return;
        if (header.Series == Series.Records) _desk.Arrived(incoming.Key);
        if (_around.WayDown(header.Origin, now) is not { } way) _desk.Owe(header.Origin, now, TimeSpan.Zero);
        // At the other end of a narrow link the origin announces its bursts: one receipt after each, in place of acknowledgements.
        else if (_around.Links[way.Link].IsNarrow && way.Site == header.Origin) _desk.Owe(header.Origin, _answerAt, TimeSpan.Zero);
        else _desk.Owe(header.Origin, now, LinkPace.ReceiptPause(_around.Links[way.Link].Description));
    }

    private void ApplyReceipt(in Incoming incoming, Receipt receipt, ReadOnlySpan<byte> bytes, Instant at, Effects effects)
    {
        var (now, origin) = (at.Now, incoming.Header.Destination);
        if (origin == _self.Id) LearnOfOwnNumbers(receipt, at, effects);
        if (origin != _self.Id)
            _newestReceipts[origin] = (incoming.Header, incoming.Key, bytes.ToArray(), receipt, incoming.BornAt);
        foreach (var held in _custody.All.Where(held => held.Key.Origin == origin && held.Key.Series == Series.Records && receipt.Covers(held.Key.Sequence)).ToList())
        {
            NoteConfirmed(held, incoming.From, now);
            if (IsDoubtful(held.Key))
            {
                Doubt(held, incoming.From, now, effects);
                continue;
            }

            _custody.Remove(held);
            effects.Store(new StoreChange.SetProgress(held.Key, MessageState.Ontvangen, Custody: false, null));
            // Of another's record nobody here knows whether the meldkamer has it or its origin declared it closed.
            if (origin != _self.Id) continue;
            _tallies.Count(Tallies.Received);
            Progress(held.Key, held.Header.Type, MessageState.Ontvangen, held.ClientRef, null, effects);
        }

        if (origin == _self.Id && _isChecked) NoteChecked();
        if (origin == _self.Id) _own.Settle(receipt);
        else LetGoOfReused(origin, receipt, effects);
        foreach (var taken in receipt.TakenUp) ApplyTakenUp(origin, taken, effects);
    }

    private void ApplyTakenUp(ushort origin, TakenUp taken, Effects effects)
    {
        if (origin != _self.Id || _own.Find(taken.Sequence) is not { } record) return;
        // Told again; only another reference is news: one that a receipt in clear left out, or what the desk says now (receipts older than the newest do not come here).
        if (record.State == MessageState.InBehandeling && (taken.Reference is null || record.Reference == taken.Reference)) return;
        var key = new EnvelopeKey(origin, Series.Records, taken.Sequence);
        if (IsDoubtful(key)) return;
        // Who took it up has it, even when the receipt's bitmap does not reach that far.
        if (_custody.Find(key) is { } held) _custody.Remove(held);
        effects.Store(new StoreChange.SetProgress(key, MessageState.InBehandeling, Custody: false, taken.Reference));
        Progress(key, record.Type, MessageState.InBehandeling, record.ClientRef, taken.Reference, effects);
    }

    private void Acknowledge(Neighbour to, in EnvelopeHeader header, HopAcknowledgement name)
    {
        if (IsCourier(to)) return;
        var isNarrow = _around.Links[to.Link].IsNarrow;
        if (isNarrow && IsUnanswered(header, _self.Id)) return;
        to.Answers.Add(name, _answerAt, isNarrow);
        to.Answers.IsUrgent |= header.Priority == 1;
    }

    private void ReceiveAcknowledgement(Neighbour from, HopAcknowledgement name, TimeSpan now, Effects effects)
    {
        if (_custody.Find(name) is not { } held) return;
        // It goes again because no receipt came from where it was passed to; that it was there once is known.
        if (held is { Stage: Stage.Ready, PassedTo: not 0 }) return;
        NoteConfirmed(held, from, now);
        if (held.HasIt is not null)
        {
            held.HasIt.Add(from.Site);
            if (ReferenceEquals(held, _trust.Held)) NoteHas(held, from.Site, now);
            return;
        }

        var awaitsReceipt = held.Key.Series == Series.Records && _keys.Holds(held.Key.Origin);
        // The receipt goes the way the origin's newest messages came, and that need not be past here. Who only passes a record
        // on sends it twice, and then trusts the two that have it: the next node and the origin.
        var mayLetGo = held.Key.Origin != _self.Id && held.Stage != Stage.Passed && held.ReceiptWaits > 0;
        if (awaitsReceipt && !mayLetGo)
        {
            if (held.Stage != Stage.Passed) _custody.Passed(held, from.Site, now + (_rules.ReceiptPatience * Math.Pow(2, Math.Min(held.ReceiptWaits++, 3))));
            NoteSent(held, effects, custody: true);
            return;
        }

        _custody.Remove(held);
        if (!_keys.Holds(held.Key.Origin)) _passed.Add(held.Key, held.Bytes.Span, now);
        if (RelayRules.IsEphemeral(held.Header.Type)) return;
        if (_keys.Holds(held.Key.Origin)) NoteSent(held, effects, custody: false);
        else effects.Store(new StoreChange.Remove(held.Key));
    }

    private void NoteSent(Held held, Effects effects, bool custody)
    {
        if (held.State != MessageState.Opgeslagen && custody) return;
        held.State = MessageState.Verzonden;
        effects.Store(new StoreChange.SetProgress(held.Key, MessageState.Verzonden, custody, null));
        if (held.Key.Origin == _self.Id)
            Progress(held.Key, held.Header.Type, MessageState.Verzonden, held.ClientRef, null, effects);
    }

    /// <summary>A narrow link keeps the order: what left before something that arrived, and is not acknowledged, is lost.</summary>
    private void SendLostAgain(Neighbour neighbour)
    {
        foreach (var held in neighbour.Flying.Where(held => held.SentNumber < _confirmed).ToList())
        {
            neighbour.NoteLoss(held.SentIn);
            held.Plans?.GetValueOrDefault(neighbour)?.Probe();
            _custody.MakeReady(held);
        }
    }

    /// <summary>A neighbour has something that was sent to it.</summary>
    private void NoteConfirmed(Held held, Neighbour from, TimeSpan now)
    {
        if (!ReferenceEquals(held.Hop, from)) return;
        from.LastAnswered = now;
        from.NoteArrival();
        _confirmed = Math.Max(_confirmed, held.SentNumber);
    }
}
