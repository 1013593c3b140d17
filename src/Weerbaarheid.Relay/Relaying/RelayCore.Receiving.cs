using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What arrives from neighbours.</content>
internal sealed partial class RelayCore
{
    /// <summary>High parts of a sequence that are tried for an origin of which nothing is known yet.</summary>
    private const int UnknownOriginTries = 8;

    private readonly Reassembly _reassembly = new();
    private readonly Dictionary<ushort, (EnvelopeHeader Header, EnvelopeKey Key, byte[] Bytes, Receipt Receipt, TimeSpan BornAt)> _newestReceipts = [];
    private readonly PassedEnvelopes _passed = new();
    private TimeSpan _answerAt;
    private long _confirmed;
    private readonly Dictionary<ushort, TimeSpan> _lastHeard = [];

    /// <summary>
    /// A repeat within this time is the same attempt; a later one is its origin still waiting for a receipt, and goes on once
    /// more. Half of the shortest wait for a receipt.
    /// </summary>
    private TimeSpan RepeatsTogether => _rules.ReceiptPatience / 2;

    private void Receive(int index, ReadOnlySpan<byte> frame, Instant at, Effects effects)
    {
        var link = _around.Links[index];
        if (FrameReader.TryOpen(_keys, link.Form, frame, out var reader) != FrameOutcome.Opened)
        {
            link.FramesRefused++;
            return;
        }

        if (reader.Sender == _self.Id || _around.Meet(index, reader.Sender, out var isNew) is not { } neighbour) return;
        link.FramesReceived++;
        neighbour.LastHeard = at.Now;
        if (neighbour.SilentSince is not null || isNew) neighbour.TrustedAt = link.TrustedAt(at.Now);
        neighbour.SilentSince = null;
        if (isNew)
        {
            // Until its own beacon says more, it is a neighbour that leads nowhere.
            neighbour.Beacon = new Beacon(0, false, Beacon.Unreachable, 0, (int)LinkPace.BeaconPeriod(link.Description).TotalSeconds);
            effects.Emit(new Output.Noted(NoteLevel.Information, $"link {link.Description.Name} hears site {reader.Sender}"));
            link.HurryBeacon(at.Now);
        }

        // Overheard on a shared medium: a sign of life, but what it holds is another's to take and to acknowledge.
        if (reader.To is { } to && to != _self.Id) return;
        (_answerAt, _confirmed) = (reader.HasMore ? at.Now + LinkPace.Hold(link.Description) : at.Now, 0);
        ReceiveItems(link, neighbour, ref reader, at, effects);
        if (!reader.HasMore) neighbour.Answers.Hurry(at.Now);
        if (link.IsNarrow && _confirmed > 0) SendLostAgain(neighbour);
    }

    private void ReceiveItems(LinkState link, Neighbour neighbour, ref FrameReader reader, Instant at, Effects effects)
    {
        while (true)
        {
            switch (reader.Next())
            {
                case FrameItem.Envelope: ReceiveEnvelope(neighbour, reader.Envelope, reader.AgeSeconds, at, effects); break;
                case FrameItem.Acknowledgement: ReceiveAcknowledgement(neighbour, reader.Acknowledgement, at.Now, effects); break;
                case FrameItem.Beacon: ReceiveBeacon(link, neighbour, reader.Beacon, at.Now); break;
                case FrameItem.Fragment: ReceiveFragment(neighbour, reader.Fragment, reader.Bytes, reader.AgeSeconds, at, effects); break;
                case FrameItem.Parts: ReceiveParts(neighbour, reader.Fragment, reader.Bytes, at.Now); break;
                case FrameItem.Unreadable: link.FramesRefused++; return;
                default: return;
            }
        }
    }

    private void ReceiveFragment(Neighbour from, in FragmentName name, ReadOnlySpan<byte> bytes, ulong ageSeconds, Instant at, Effects effects)
    {
        // Who sends a piece again of what is complete missed the acknowledgement.
        var whole = _reassembly.Add(from, name, bytes, BornAt(ageSeconds, at.Now)) ?? _reassembly.Completed(from, name.Id);
        if (whole is null) from.Answers.AddParts(name.Id, _answerAt);
        else ReceiveEnvelope(from, whole, (ulong)Math.Max(0, (at.Now - _reassembly.BornAt(from, name.Id)).TotalSeconds), at, effects);
    }

    /// <summary>A neighbour tells which pieces it has: the others go next.</summary>
    private void ReceiveParts(Neighbour from, in FragmentName told, ReadOnlySpan<byte> bitmap, TimeSpan now)
    {
        var id = told.Id;
        if (_custody.All.FirstOrDefault(one => one.Plans?.GetValueOrDefault(from)?.Id == id) is not { } held) return;
        held.Plans![from].Arrived(told.Index, bitmap);
        from.NoteArrival();
        from.LastAnswered = now;
        if (held.OfferAt is not null) held.OfferAt[from.Site] = now;
        else if (!ReferenceEquals(held.Hop, from))
        {
            // A copy that goes over a second link.
            if (held.Stage != Stage.Passed && held.Plans[from].HasNext && !from.Copies.Contains(held)) from.Copies.Add(held);
        }
        else if (held.Stage == Stage.InFlight && held.Plans[from].HasNext) _custody.MakeReady(held);
    }

    private void ReceiveBeacon(LinkState link, Neighbour neighbour, Beacon beacon, TimeSpan now)
    {
        neighbour.Beacon = beacon;
        if (!beacon.Asks || !link.MayAnswerRepeat(now)) return;
        // It came up just now: whatever was on its way to it may be lost, so send again at once and in the old order.
        _custody.Recall(hop => ReferenceEquals(hop, neighbour));
        link.HurryBeacon(now);
    }

    private void ReceiveEnvelope(Neighbour from, ReadOnlySpan<byte> bytes, ulong ageSeconds, Instant at, Effects effects)
    {
        if (!EnvelopeHeader.TryRead(bytes, out var header)) return;
        var name = new HopAcknowledgement(header.Origin, header.Series, header.SequenceLow);
        if (header.Origin == _self.Id)
        {
            if (_around.Links[from.Link].MayAnswerRepeat(at.Now)) Acknowledge(from, header, name);
            return;
        }

        var outcome = Open(header, bytes, out var sequence, out var length);
        if (sequence is 0 or > RelayRules.MaxSequence) return;
        var key = new EnvelopeKey(header.Origin, header.Series, sequence);
        if (!IsRepeat(outcome, header, key, bytes, at.Now)) from.LastAnswered = at.Now;
        else if (!_around.Links[from.Link].MayAnswerRepeat(at.Now)) return;
        var incoming = new Incoming(header, key, from, BornAt(ageSeconds, at.Now));
        var taken = outcome switch
        {
            OpenOutcome.Opened => TakeOpened(incoming, bytes, length, at, effects),
            OpenOutcome.NoKey when header.Epoch == _keys.Epoch => TakeUnopened(incoming, bytes, at, effects),
            _ => false,
        };
        if (outcome == OpenOutcome.NotAuthentic) _tallies.Count(Tallies.NotAuthentic);
        if (!taken) return;
        if (outcome == OpenOutcome.Opened) _lastHeard[header.Origin] = at.Now - TimeSpan.FromSeconds(Math.Min(ageSeconds, 365UL * 86_400));
        if (RelayRules.CourseOf(header.Type) == Course.Up) _around.NoteWay(header.Origin, from, _rules.MaxOrigins);
        Acknowledge(from, header, name);
    }

    /// <summary>Whether it was here before, as far as this node can tell.</summary>
    private bool IsRepeat(OpenOutcome outcome, in EnvelopeHeader header, EnvelopeKey key, ReadOnlySpan<byte> bytes, TimeSpan now) => outcome == OpenOutcome.Opened
        ? _windows.WasSeen(header, key.Sequence)
        : (_custody.Find(key) is { } held && held.Bytes.Span.SequenceEqual(bytes)) || _passed.Contains(key, bytes, now - RepeatsTogether);

    /// <summary>What came in, before it is decided upon.</summary>
    private readonly record struct Incoming(EnvelopeHeader Header, EnvelopeKey Key, Neighbour From, TimeSpan BornAt);

    private static TimeSpan BornAt(ulong ageSeconds, TimeSpan now) => now - TimeSpan.FromSeconds(Math.Min(ageSeconds, 365UL * 86_400));

    private OpenOutcome Open(in EnvelopeHeader header, ReadOnlySpan<byte> bytes, out ulong sequence, out int length)
    {
        var known = _windows.Find(ReplayWindows.KeyFor(header))?.Highest ?? 0;
        sequence = Sequence.Expand(header.SequenceLow, known);
        var outcome = Envelope.TryOpen(_keys, bytes, sequence, _body, out length);
        for (var high = 1; outcome == OpenOutcome.NotAuthentic && known == 0 && high <= UnknownOriginTries; high++)
        {
            sequence = header.SequenceLow + ((ulong)high * Sequence.Modulus);
            outcome = Envelope.TryOpen(_keys, bytes, sequence, _body, out length);
        }

        return outcome;
    }

    /// <returns>Whether it is ours to acknowledge: stored, or known already.</returns>
    private bool TakeOpened(in Incoming incoming, ReadOnlySpan<byte> bytes, int length, Instant at, Effects effects)
    {
        if (_windows.WasSeen(incoming.Header, incoming.Key.Sequence)) return TakeAgain(incoming, bytes, at, effects);
        if (!KnowsOrHasRoomFor(incoming.Header.Origin)) return false;
        // The window decides before the body is looked at; what cannot be read is still received, and shown as such.
        MessageCodec.TryDecode(incoming.Header, _body.AsSpan(0, length), out var message, out var problem);
        var forwards = Forwards(incoming.Header);
        if (forwards && !_custody.HasRoomFor(incoming.Header.Priority, bytes.Length)) return false;
        var ephemeral = RelayRules.IsEphemeral(incoming.Header.Type);
        if (!_windows.Note(incoming.Header, incoming.Key.Sequence, durable: !ephemeral)) return false;

        switch (message)
        {
            case Receipt receipt: ApplyReceipt(incoming, receipt, bytes, at.Now, effects); break;
            case Heartbeat heartbeat: ApplyHeartbeat(incoming.Header.Origin, heartbeat); break;
        }

        var kept = bytes.ToArray();
        ReplaceOlderState(incoming.Header, incoming.Key, effects);
        MakeRoomForBulletin(incoming.Header.Type, effects);
        if (!ephemeral) StoreArrival(incoming, kept, forwards, message, problem, at, effects);
        if (forwards && message is not null) _custody.Add(Hold(incoming, kept, LifetimeOf(message)));
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
    private bool TakeAgain(in Incoming incoming, ReadOnlySpan<byte> bytes, Instant at, Effects effects)
    {
        _tallies.Count(Tallies.Duplicates);
        var header = incoming.Header;
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
        if (!_custody.HasRoomFor(header.Priority, bytes.Length)) return false;
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
        if (!_custody.HasRoomFor(header.Priority, bytes.Length)) return false;

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
    private void ApplyHeartbeat(ushort origin, Heartbeat heartbeat)
    {
        var key = new WindowKey(origin, 0, 0);
        if (heartbeat.LastRecord > RelayRules.MaxSequence) return;
        var window = _windows.Get(key);
        var changed = heartbeat.LastRecord > window.Highest;
        window.Highest = Math.Max(window.Highest, heartbeat.LastRecord);
        // Below the first waiting number everything was settled with an earlier store of the meldkamer.
        if (heartbeat.FirstWaiting > 1) changed |= window.Seen.AddUpTo(Math.Min(heartbeat.FirstWaiting - 1, window.Highest));
        foreach (var closed in heartbeat.Closed) changed |= closed.Sequence >= 1 && closed.Sequence <= window.Highest && window.Seen.Add(closed.Sequence);
        if (changed) _windows.Touch(key);
    }
}
