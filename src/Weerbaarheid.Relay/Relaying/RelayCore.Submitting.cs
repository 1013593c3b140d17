using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What clients of this node hand in.</content>
internal sealed partial class RelayCore
{
    private SubmitOutcome Submit(Submission submission, Instant at, Effects effects)
    {
        var content = submission.Body.Print;
        if (_references.Find(submission, content, at.Now, out var isOther) is { } earlier)
        {
            if (isOther) return Refused(Refusal.Invalid, $"The clientRef '{submission.ClientRef}' was used before, for {earlier} with other content; give this message a clientRef of its own.");
            // Whoever asks again wants to know how far it has come.
            if (earlier.Series == Series.Records && _own.Find(earlier.Sequence) is { } known)
                effects.Emit(new Output.Progressed(earlier, known.Type, known.State, known.ClientRef, known.Reference));
            return SubmitOutcome.Accepted(earlier, repeated: true);
        }

        var outcome = submission.Message is Amend { Kind: AmendKind.InBehandeling } amend
            ? TakeUp(amend, at, effects)
            : Allows(submission.Message) ?? TakeIn(submission, at, effects);
        _tallies.Count(outcome.Refusal == Refusal.None ? Tallies.Accepted : Tallies.Refused);
        if (outcome.Refusal == Refusal.None) _references.Bind(submission, outcome.Key, content, at.Now, effects);
        return outcome;
    }

    private SubmitOutcome Refused(Refusal refusal, string reason)
    {
        _tallies.Count(Tallies.Refused);
        return SubmitOutcome.Refused(refusal, reason);
    }

    /// <summary>Null when the node may send it, else why not.</summary>
    private SubmitOutcome? Allows(Message message)
    {
        if (_trust.IsRevoked(_self.Id))
            return SubmitOutcome.Refused(Refusal.NotAllowed, "The region has shut this site out: nothing from here is taken in anywhere any more. Reach the meldkamer in another way, and ask the region for new keys.");
        if (message is Bulletin && !(IsMeldkamer && _keys.MayIssueBulletins))
            return SubmitOutcome.Refused(Refusal.NotAllowed, "Only the meldkamer issues bulletins, with the authority's private key in its key file.");
        if (message.Type is MessageType.Heartbeat or MessageType.Receipt or MessageType.Sitrap or MessageType.Revocation or MessageType.Rekey)
            return SubmitOutcome.Refused(Refusal.NotAllowed, $"A {message.Type} is made by the system itself.");
        return _keys.Holds(_self.Id) ? null
            : SubmitOutcome.Refused(Refusal.NotAllowed, $"The key file holds no key for site {_self.Id}; give this site its own key file.");
    }

    private SubmitOutcome TakeIn(Submission submission, Instant at, Effects effects)
    {
        var (message, clientRef) = (submission.Message, submission.ClientRef);
        var length = submission.Body.Bytes.Length;
        submission.Body.Bytes.Span.CopyTo(_body);
        if (length > 0 && message is RecordMessage record)
        {
            var sentAt = Moment.From(at.Wall, at.WallTrusted);
            message = record with { SentAt = sentAt };
            if (sentAt is { } moment) length = MessageCodec.Stamp(_body, length, moment);
        }

        if (length == 0) return SubmitOutcome.Refused(Refusal.Invalid, $"The message does not fit in {MessageLimits.Body} bytes; shorten the text.");
        if (!HasStoreFor(message.Type, message.Priority))
            return SubmitOutcome.Refused(Refusal.Full, $"The disk of this node is full: only priority 1 is taken in until there is room. Make room, or give the message priority 1 if it is about life.");
        var stays = IsMeldkamer && RelayRules.CourseOf(message.Type) == Course.Up;
        if (!stays && !_custody.HasRoomFor(message.Priority, length))
        {
            return SubmitOutcome.Refused(Refusal.Full,
                $"The queue is full for priority {message.Priority}: {_custody.Count} messages wait for a way out; try again later.");
        }

        var (key, header, bytes) = SealOwn(message, length, at.Now, effects);
        var state = stays ? MessageState.Ontvangen : MessageState.Opgeslagen;
        var stored = new StoredEnvelope(key, header, bytes, at.Now, at.Wall, !stays, state, Delivered: true, Announced: !stays, clientRef, Reference: null);
        ReplaceOlderState(header, key, effects);
        MakeRoomForBulletin(header.Type, effects);
        effects.Store(new StoreChange.Put(stored));
        if (key.Series == Series.Records) _own.Remember(key.Sequence, new OwnRecord(header.Type, state, clientRef, null));
        if (!stays) _custody.Add(Hold(header, key, bytes, at.Now, 0, state, clientRef, LifetimeOf(message)));
        if (IsMeldkamer) NoteOwnArrival(header, key.Sequence);
        effects.Emit(new Output.Delivered(stored, message, ""));
        Progress(key, header.Type, state, clientRef, null, effects);
        return SubmitOutcome.Accepted(key);
    }

    /// <summary>Tells how far a message has come, and remembers it of the node's own.</summary>
    private void Progress(EnvelopeKey key, MessageType type, MessageState state, string? clientRef, string? reference, Effects effects)
    {
        if (key.Origin == _self.Id && key.Series == Series.Records) _own.Progress(key.Sequence, state, reference);
        effects.Emit(new Output.Progressed(key, type, state, clientRef, reference));
    }

    /// <summary>The meldkamer's own records, bulletins too, are in its own window: its report counts them like all others and sees no gap.</summary>
    private void NoteOwnArrival(in EnvelopeHeader header, ulong sequence) => _windows.Note(header, sequence, durable: true);

    private (EnvelopeKey Key, EnvelopeHeader Header, byte[] Bytes) SealOwn(Message message, int length, TimeSpan now, Effects effects, bool isCarried = false)
    {
        var series = EnvelopeHeader.SeriesOf(message.Type);
        var (sequence, epoch) = (_counters.Next(series, effects), EpochToSeal(message));
        var header = !isCarried && GoesInClear(message, now) ? EnvelopeHeader.ForClear(message, epoch, _self.Id, sequence) : EnvelopeHeader.For(message, epoch, _self.Id, sequence);
        if (TellsLife(message.Type)) header = header with { Life = _counters.Life };
        var size = Envelope.Seal(_keys, header, sequence, _body.AsSpan(0, length), _envelope);
        var (key, bytes) = (new EnvelopeKey(_self.Id, series, sequence), _envelope.AsSpan(0, size).ToArray());
        _tags.Add(key, bytes);
        return (key, header, bytes);
    }

    /// <summary>Bulletins wait for neighbours that come by later; of too many, the oldest goes. It stays in the report.</summary>
    private void MakeRoomForBulletin(MessageType type, Effects effects)
    {
        if (type != MessageType.Bulletin || _custody.Everywhere.Length < _rules.MaxBulletins) return;
        if (_custody.Everywhere.Where(held => held.Header.Type == MessageType.Bulletin).MinBy(held => held.Order) is not { } oldest) return;
        _custody.Remove(oldest);
        effects.Store(new StoreChange.SetProgress(oldest.Key, oldest.State, Custody: false, null));
    }

    /// <summary>Of a state only the newest of its kind is kept: the older one leaves custody and store. What is practised replaces nothing real.</summary>
    private void ReplaceOlderState(in EnvelopeHeader header, EnvelopeKey key, Effects effects)
    {
        if (header.Series != Series.States) return;
        // Without the key a higher number may be forged: then both are held, and whoever has the key decides.
        if (_custody.FindState(header) is { } older && older.Key.Sequence < key.Sequence) _custody.Remove(older);
        if (RelayRules.IsEphemeral(header.Type)) return;
        var window = (ReplayWindows.KeyFor(header), header.Exercise);
        if (_storedStates.TryGetValue(window, out var storedKey) && storedKey.Sequence > key.Sequence) return;
        if (storedKey != default) effects.Store(new StoreChange.Remove(storedKey));
        _storedStates[window] = key;
    }

    /// <summary>A record was erased: what is remembered beside the store goes too, as it would with a restart. Its number stays known.</summary>
    public void Forget(EnvelopeKey key)
    {
        if (key.Series != Series.Records) return;
        if (key.Origin == _self.Id) _own.Forget(key.Sequence);
        _desk.Forget(key);
    }

    /// <summary>A person at the meldkamer takes a record up: no record of its own, but a line in the next receipts.</summary>
    private SubmitOutcome TakeUp(Amend amend, Instant at, Effects effects)
    {
        var key = new EnvelopeKey(amend.ForSite, Series.Records, amend.ForSequence);
        if (!IsMeldkamer) return SubmitOutcome.Refused(Refusal.NotAllowed, "Only the meldkamer takes a message up.");
        if (_windows.Find(new WindowKey(amend.ForSite, 0, 0)) is not { } window || !window.Seen.Contains(amend.ForSequence))
            return SubmitOutcome.Refused(Refusal.Invalid, $"There is no message {key} here; look in the report for its id.");
        if (amend.Text is { Length: > MessageLimits.Reference } text)
            return SubmitOutcome.Refused(Refusal.Invalid, $"The desk's reference has {text.Length} characters; at most {MessageLimits.Reference} are allowed.");
        effects.Store(new StoreChange.SetProgress(key, MessageState.InBehandeling, Custody: false, amend.Text));
        Progress(key, MessageType.Melding, MessageState.InBehandeling, null, amend.Text, effects);
        if (amend.ForSite == _self.Id) return SubmitOutcome.Accepted(key);
        _desk.TakeUp(key, amend.Text);
        _desk.Owe(amend.ForSite, at.Now, TimeSpan.Zero);
        return SubmitOutcome.Accepted(key);
    }
}
