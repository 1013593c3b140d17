using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What becomes of an envelope that was received.</content>
internal sealed partial class RelayCore
{
    /// <returns>Whether it is ours to acknowledge: stored, or known already.</returns>
    private bool TakeOpened(in Incoming incoming, ReadOnlySpan<byte> bytes, int length, Instant at, Effects effects)
    {
        if (_windows.WasSeen(incoming.Header, incoming.Key.Sequence)) return TakeAgain(incoming, bytes, length, at, effects);
        if (!KnowsOrHasRoomFor(incoming.Header.Origin) || !HasStoreFor(incoming.Header.Type, incoming.Header.Priority)) return false;
        // The window decides before the body is looked at; what cannot be read is still received, and shown as such.
        MessageCodec.TryDecode(incoming.Header, _body.AsSpan(0, length), out var message, out var problem);
        var forwards = Forwards(incoming.Header);
        if (forwards && !_custody.HasRoomFor(incoming.Header.Priority, bytes.Length)) return false;
        var ephemeral = RelayRules.IsEphemeral(incoming.Header.Type);
        if (!_windows.Note(incoming.Header, incoming.Key.Sequence, durable: !ephemeral)) return false;
        if (RelayRules.CourseOf(incoming.Header.Type) == Course.Up) NoteEpoch(incoming.Header.Origin, incoming.Header.Epoch, incoming.Header.Series == Series.States, at.Now);

        switch (message)
        {
            case Receipt receipt: ApplyReceipt(incoming, receipt, bytes, at, effects); break;
            case Heartbeat heartbeat: ApplyHeartbeat(incoming.Header.Origin, heartbeat, IsCourier(incoming.From), at, effects); break;
            case Rekey rekey: ApplyRekey(rekey, at.Now, effects); break;
        }

        var kept = bytes.ToArray();
        _tags.Add(incoming.Key, kept);
        ReplaceOlderState(incoming.Header, incoming.Key, effects);
        if (message is RecordMessage record) _windows.ForgetSecond(incoming.Header.Origin, () => SubmittedBody.PrintOf(record));
        MakeRoomForBulletin(incoming.Header.Type, effects);
        if (!ephemeral) StoreArrival(incoming, kept, forwards, message, problem, at, effects);
        if (forwards && message is not null) _custody.Add(Hold(incoming, kept, IsCourier(incoming.From) ? CourierLifetime(message) : LifetimeOf(message)));
        else if (forwards) _custody.Add(Hold(incoming, kept, RelayRules.LifetimeOf(incoming.Header.Type)));
        if (IsMeldkamer && RelayRules.CourseOf(incoming.Header.Type) == Course.Up) OweReceipt(incoming, at.Now);
        return true;
    }

    private void StoreArrival(in Incoming incoming, byte[] bytes, bool forwards, Message? message, string problem, Instant at, Effects effects)
    {
        var state = IsMeldkamer ? MessageState.Ontvangen : MessageState.Opgeslagen;
        var stored = new StoredEnvelope(
            incoming.Key, incoming.Header, bytes, incoming.BornAt, at.Wall, forwards, state, Delivered: true, Announced: false, null, null);
        effects.Store(new StoreChange.Put(stored));
        effects.Emit(new Output.Delivered(stored, message, problem));
        _tallies.Count(Tallies.Delivered);
    }

    /// <summary>Whether this node must pass it on.</summary>
    private bool Forwards(in EnvelopeHeader header) => RelayRules.CourseOf(header.Type) switch
    {
        Course.Up => !IsMeldkamer,
        Course.Down => header.Destination != _self.Id,
        _ => true,
    };

    /// <summary>It was here before. The sender may have missed our acknowledgement, or the origin the meldkamer's receipt.</summary>
    private bool TakeAgain(in Incoming incoming, ReadOnlySpan<byte> bytes, int length, Instant at, Effects effects)
    {
        var header = incoming.Header;
        if (_tags.IsOther(incoming.Key, bytes)) return TakeReused(incoming, bytes, length, at, effects);
        _tallies.Count(Tallies.Duplicates);
        if (header.Series != Series.Records || RelayRules.CourseOf(header.Type) != Course.Up) return true;
        if (IsMeldkamer)
        {
            OweReceipt(incoming, at.Now);
            return true;
        }

        if (_custody.Find(incoming.Key) is not null) return true;
        if (_newestReceipts.TryGetValue(header.Origin, out var newest) && newest.Receipt.Covers(incoming.Key.Sequence))
        {
            if (_custody.Find(newest.Key) is null)
                _custody.Add(Hold(newest.Header, newest.Key, newest.Bytes, newest.BornAt, 0, MessageState.Opgeslagen, null, RelayRules.LifetimeOf(MessageType.Receipt)));
            return true;
        }

        if (incoming.BornAt + RelayRules.LifetimeOf(header.Type) <= at.Now) return true;
        // Passed on long ago and still no receipt: the next node may have lost it, so take it up once more.
        if (!HasStoreFor(header.Type, header.Priority) || !_custody.HasRoomFor(header.Priority, bytes.Length)) return false;
        var kept = bytes.ToArray();
        effects.Store(new StoreChange.Put(new StoredEnvelope(
            incoming.Key, header, kept, incoming.BornAt, at.Wall, Custody: true, MessageState.Opgeslagen, Delivered: true, Announced: true, null, null)));
        _custody.Add(Hold(incoming, kept, RelayRules.LifetimeOf(header.Type)));
        return true;
    }

    /// <summary>
    /// An envelope that this node has no key for. It is held and passed on unread; it never touches the replay windows,
    /// so that a neighbour with a stolen network key cannot make this node believe it has seen what it has not.
    /// </summary>
    private bool TakeUnopened(in Incoming incoming, ReadOnlySpan<byte> bytes, Instant at, Effects effects)
    {
        var header = incoming.Header;
        if (RelayRules.CourseOf(header.Type) == Course.Everywhere || !Forwards(header)) return false;
        // Of two with the same name one is forged, and without the key nobody here can tell which: the later one is held. The
        // origin repeats the real one until it has its receipt, so a forgery costs time and never the message.
        var rival = _custody.Find(incoming.Key);
        if (rival is not null && rival.Bytes.Span.SequenceEqual(bytes)) return true;
        if (_passed.Contains(incoming.Key, bytes, at.Now - RepeatsTogether)) return true;
        if (!HasStoreFor(header.Type, header.Priority) || !_custody.HasRoomFor(header.Priority, bytes.Length)) return false;

        var kept = bytes.ToArray();
        if (rival is not null) _custody.Remove(rival);
        ReplaceOlderState(header, incoming.Key, effects);
        if (!RelayRules.IsEphemeral(header.Type))
        {
            effects.Store(new StoreChange.Put(new StoredEnvelope(
                incoming.Key, header, kept, incoming.BornAt, at.Wall, Custody: true, MessageState.Opgeslagen, Delivered: false, Announced: true, null, null)));
        }

        _custody.Add(Hold(incoming, kept, RelayRules.LifetimeOf(header.Type)));
        return true;
    }

    private Held Hold(in Incoming incoming, byte[] bytes, TimeSpan lifetime) =>
        Hold(incoming.Header, incoming.Key, bytes, incoming.BornAt, incoming.From.Site, MessageState.Opgeslagen, null, lifetime);

    private bool KnowsOrHasRoomFor(ushort origin) =>
        _windows.Find(new WindowKey(origin, 0, 0)) is not null || _windows.Records.Count() < _rules.MaxOrigins;

    /// <summary>A heartbeat makes visible what never arrived, and closes the numbers that never will.</summary>
    private void ApplyHeartbeat(ushort origin, Heartbeat heartbeat, bool isCarried, Instant at, Effects effects)
    {
        var key = new WindowKey(origin, 0, 0);
        if (heartbeat.LastRecord > Sequence.Max || heartbeat.LastRecord < Sequence.Of(_windows.LifeOf(origin), 0)) return;
        _windows.Know(key, heartbeat.LastRecord);
        _toldWaiting[origin] = heartbeat.Waiting;
        _desk.AskCheck(origin, heartbeat.Asks);
        if (IsMeldkamer && isCarried) _windows.SetAsked(origin, heartbeat.Asks);
        if (IsMeldkamer && heartbeat.HeardOf == _self.Id) LearnOfOwnStates(origin, heartbeat.Heard, at, effects);
        var window = _windows.Get(key);
        // Below the first waiting number everything is settled at its origin: no receipt waits for it. It says nothing of the origin's earlier
        // lives: what it lost itself it does not know.
        _windows.Settle(key, Math.Max(heartbeat.FirstWaiting, 1) - 1);
        var changed = false;
        foreach (var closed in heartbeat.Closed)
        {
            if (!Sequence.Exists(closed.Sequence) || closed.Sequence > window.Highest || !window.Seen.Add(closed.Sequence)) continue;
            _windows.Know(key, closed.Sequence);
            changed = true;
        }

        if (changed) _windows.Touch(key);
    }
}
