using System.Buffers.Binary;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What clients of this node hand in.</content>
internal sealed partial class RelayCore
{
    private SubmitOutcome Submit(Submission submission, Instant at, Effects effects)
    {
        var content = Print(submission.Message);
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
            : Allows(submission.Message) ?? TakeIn(submission.Message, submission.ClientRef, at, effects);
        _tallies.Count(outcome.Refusal == Refusal.None ? Tallies.Accepted : Tallies.Refused);
        if (outcome.Refusal == Refusal.None) _references.Bind(submission, outcome.Key, content, at.Now, effects);
        return outcome;
    }

    private SubmitOutcome Refused(Refusal refusal, string reason)
    {
        _tallies.Count(Tallies.Refused);
        return SubmitOutcome.Refused(refusal, reason);
    }

    /// <summary>First 8 bytes of SHA-256 over type, priority, exercise flag and body: what the message says, without when it was handed in.</summary>
    private ulong Print(Message message)
    {
        if (message is RecordMessage record) message = record with { SentAt = null };
        var length = MessageCodec.Encode(message, _body.AsSpan(3));
        (_body[0], _body[1], _body[2]) = ((byte)message.Type, message.Priority, (byte)message.Exercise);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_body.AsSpan(0, 3 + length), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>Null when the node may send it, else why not.</summary>
    private SubmitOutcome? Allows(Message message)
    {
        if (message is Bulletin && !(IsMeldkamer && _keys.MayIssueBulletins))
            return SubmitOutcome.Refused(Refusal.NotAllowed, "Only the meldkamer issues bulletins, with the authority's private key in its key file.");
        if (message.Type is MessageType.Heartbeat or MessageType.Receipt or MessageType.Sitrap)
            return SubmitOutcome.Refused(Refusal.NotAllowed, $"A {message.Type} is made by the system itself.");
        return _keys.Holds(_self.Id) ? null
            : SubmitOutcome.Refused(Refusal.NotAllowed, $"The key file holds no key for site {_self.Id}; give this site its own key file.");
    }

    private SubmitOutcome TakeIn(Message message, string? clientRef, Instant at, Effects effects)
    {
        if (message is RecordMessage record) message = record with { SentAt = Moment.From(at.Wall, at.WallTrusted) };
        var length = MessageCodec.Encode(message, _body);
        if (length == 0) return SubmitOutcome.Refused(Refusal.Invalid, $"The message does not fit in {MessageLimits.Body} bytes; shorten the text.");
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

    private (EnvelopeKey Key, EnvelopeHeader Header, byte[] Bytes) SealOwn(Message message, int length, TimeSpan now, Effects effects)
    {
        var series = EnvelopeHeader.SeriesOf(message.Type);
        var sequence = _counters.Next(series, effects);
        var header = GoesInClear(message, now)
            ? EnvelopeHeader.ForClear(message, _keys.Epoch, _self.Id, sequence) : EnvelopeHeader.For(message, _keys.Epoch, _self.Id, sequence);
        var size = Envelope.Seal(_keys, header, sequence, _body.AsSpan(0, length), _envelope);
        return (new EnvelopeKey(_self.Id, series, sequence), header, _envelope.AsSpan(0, size).ToArray());
    }

    /// <summary>Bulletins wait for neighbours that come by later; of too many, the oldest goes. It stays in the report.</summary>
    private void MakeRoomForBulletin(MessageType type, Effects effects)
    {
        if (RelayRules.CourseOf(type) != Course.Everywhere || _custody.Everywhere.Count < _rules.MaxBulletins) return;
        var oldest = _custody.Everywhere.MinBy(held => held.Order)!;
        _custody.Remove(oldest);
        effects.Store(new StoreChange.SetProgress(oldest.Key, oldest.State, Custody: false, null));
    }

    /// <summary>Of a state only the newest is kept: the older one leaves custody and store.</summary>
    private void ReplaceOlderState(in EnvelopeHeader header, EnvelopeKey key, Effects effects)
    {
        if (header.Series != Series.States) return;
        // Without the key a higher number may be forged: then both are held, and whoever has the key decides.
        if (_custody.FindState(header) is { } older && older.Key.Sequence < key.Sequence) _custody.Remove(older);
        if (RelayRules.IsEphemeral(header.Type)) return;
        var window = ReplayWindows.KeyFor(header);
        if (_storedStates.TryGetValue(window, out var storedKey) && storedKey.Sequence > key.Sequence) return;
        if (storedKey != default) effects.Store(new StoreChange.Remove(storedKey));
        _storedStates[window] = key;
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
