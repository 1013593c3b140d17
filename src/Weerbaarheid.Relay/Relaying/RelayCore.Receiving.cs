using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What arrives from neighbours.</content>
internal sealed partial class RelayCore
{
    private readonly Reassembly _reassembly = new();
    private readonly Dictionary<ushort, (EnvelopeHeader Header, EnvelopeKey Key, byte[] Bytes, Receipt Receipt, TimeSpan BornAt)> _newestReceipts = [];
    private readonly PassedEnvelopes _passed = new();
    private TimeSpan _answerAt;
    private long _confirmed;
    private bool? _mayAnswerRepeat;
    private readonly Dictionary<ushort, TimeSpan> _lastHeard = [];
    private readonly Dictionary<ushort, int> _toldWaiting = [];

    /// <summary>
    /// A repeat within this time is the same attempt; a later one is its origin still waiting for a receipt, and goes on once
    /// more. Half of the shortest wait for a receipt.
    /// </summary>
    private TimeSpan RepeatsTogether => _rules.ReceiptPatience / 2;

    private void Receive(int index, ReadOnlySpan<byte> frame, Instant at, Effects effects)
    {
        var link = _around.Links[index];
        if (FrameReader.TryOpen(_keys, link.Description.Form, frame, out var reader) != FrameOutcome.Opened)
        {
            link.FramesRefused++;
            return;
        }

        if (_trust.IsRevoked(reader.Sender) && reader.Sender != _self.Id)
        {
            _mayAnswerRepeat = null;
            RefuseRevoked(link, reader.Sender, reader.Epoch, at.Now);
            return;
        }

        if (reader.Sender == _self.Id || _around.Meet(index, reader.Sender, out var isNew) is not { } neighbour) return;
        link.FramesReceived++;
        neighbour.LastHeard = at.Now;
        neighbour.Epoch = Math.Max(neighbour.Epoch, reader.Epoch);
        if (neighbour.SilentSince is not null || isNew) neighbour.TrustedAt = link.TrustedAt(at.Now);
        neighbour.SilentSince = null;
        if (isNew)
        {
            // Until its own beacon says more, it is a neighbour that leads nowhere.
            neighbour.Beacon = new Beacon(0, false, Beacon.Unreachable, 0, (int)LinkPace.BeaconPeriod(link.Description).TotalSeconds);
            effects.Emit(new Output.Noted(NoteLevel.Information, $"link {link.Description.Name} hears site {reader.Sender}"));
            link.HurryBeacon(at.Now);
            OfferAgain(reader.Sender);
        }

        // Overheard on a shared medium: a sign of life, but what it holds is another's to take and to acknowledge.
        if (reader.To is { } to && to != _self.Id) return;
        (_answerAt, _confirmed, _mayAnswerRepeat) = (reader.HasMore ? at.Now + LinkPace.Hold(link.Description) : at.Now, 0, null);
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
                case FrameItem.Beacon: ReceiveBeacon(link, neighbour, reader.Beacon, reader.Epoch, at.Now); break;
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

    private void ReceiveBeacon(LinkState link, Neighbour neighbour, Beacon beacon, byte epoch, TimeSpan now)
    {
        neighbour.Beacon = beacon;
        // Also downwards: a node with a new disk is back in the epoch of its key file.
        neighbour.Epoch = (byte)(epoch + (beacon.IsAhead ? 1 : 0));
        if (!beacon.Asks || !MayAnswerRepeat(link, now)) return;
        // It came up just now: whatever was on its way to it may be lost, so send again at once and in the old order.
        _custody.Recall(hop => ReferenceEquals(hop, neighbour));
        OfferAgain(neighbour.Site);
        link.HurryBeacon(now);
    }

    /// <returns>What became of it, for whoever counts.</returns>
    private CourierVerdict ReceiveEnvelope(Neighbour from, ReadOnlySpan<byte> bytes, ulong ageSeconds, Instant at, Effects effects)
    {
        if (!EnvelopeHeader.TryRead(bytes, out var header)) return CourierVerdict.Unreadable;
        var name = new HopAcknowledgement(header.Origin, header.Series, header.SequenceLow);
        if (header.Type == MessageType.Revocation)
        {
            var before = _trust.Held;
            var isTaken = TakeRevocation(from, header, bytes, BornAt(ageSeconds, at.Now), at, effects);
            if (isTaken) Acknowledge(from, header, name);
            return !isTaken ? CourierVerdict.NotAuthentic : ReferenceEquals(before, _trust.Held) ? CourierVerdict.Known : CourierVerdict.New;
        }

        if (IsOfRevoked(header))
        {
            _tallies.Count(Tallies.Revoked);
            return CourierVerdict.Revoked;
        }

        if (header.Origin == _self.Id)
        {
            if (MayAnswerRepeat(LinkOf(from), at.Now)) Acknowledge(from, header, name);
            return CourierVerdict.Known;
        }

        if (header.Mode != SealMode.Signature && !IsOfThisTime(header.Epoch)) return CourierVerdict.OtherEpoch;
        var outcome = Open(header, bytes, out var sequence, out var length);
        // Too short for a tag, for one: nobody made it, whoever sends it.
        if (outcome == OpenOutcome.Malformed) return CourierVerdict.Unreadable;
        if (outcome == OpenOutcome.Opened && header.Mode == SealMode.Signature) _issuers.Add(header.Origin);
        if (!Sequence.Exists(sequence)) return CourierVerdict.Unreadable;
        var key = new EnvelopeKey(header.Origin, header.Series, sequence);
        var isRepeat = IsRepeat(outcome, header, key, bytes, at.Now);
        if (!isRepeat) from.LastAnswered = at.Now;
        else if (!MayAnswerRepeat(LinkOf(from), at.Now)) return CourierVerdict.Known;
        var isReused = outcome == OpenOutcome.Opened && _tags.IsOther(key, bytes);
        var incoming = new Incoming(header, key, from, BornAt(ageSeconds, at.Now));
        var taken = outcome switch
        {
            OpenOutcome.Opened => TakeOpened(incoming, bytes, length, at, effects),
            OpenOutcome.NoKey => TakeUnopened(incoming, bytes, at, effects),
            _ => false,
        };
        if (outcome == OpenOutcome.NotAuthentic) _tallies.Count(Tallies.NotAuthentic);
        if (!taken) return WhyNot(outcome, header, isRepeat);
        if (outcome == OpenOutcome.Opened) NoteHeard(header.Origin, at.Now - TimeSpan.FromSeconds(Math.Min(ageSeconds, 365UL * 86_400)));
        if (RelayRules.CourseOf(header.Type) == Course.Up && !IsCourier(from)) _around.NoteWay(header.Origin, from, _rules.MaxOrigins);
        Acknowledge(from, header, name);
        return isReused ? CourierVerdict.Reused : isRepeat ? CourierVerdict.Known : CourierVerdict.New;
    }

    private CourierVerdict WhyNot(OpenOutcome outcome, in EnvelopeHeader header, bool isRepeat) => outcome switch
    {
        OpenOutcome.NotAuthentic => CourierVerdict.NotAuthentic,
        OpenOutcome.NoKey when RelayRules.CourseOf(header.Type) == Course.Everywhere || !Forwards(header) => CourierVerdict.NoKey,
        _ => isRepeat ? CourierVerdict.Known : CourierVerdict.NoRoom,
    };

    /// <summary>What a courier brings may be older than what was heard since.</summary>
    private void NoteHeard(ushort origin, TimeSpan at)
    {
        if (!(_lastHeard.TryGetValue(origin, out var known) && known > at)) _lastHeard[origin] = at;
    }

    /// <summary>Asked once for a frame, because one answer serves all that is in it.</summary>
    private bool MayAnswerRepeat(LinkState link, TimeSpan now) => _mayAnswerRepeat ??= link.MayAnswerRepeat(now) || HasAirToSpare(link, now);

    /// <summary>Whether it was here before, as far as this node can tell.</summary>
    private bool IsRepeat(OpenOutcome outcome, in EnvelopeHeader header, EnvelopeKey key, ReadOnlySpan<byte> bytes, TimeSpan now) => outcome == OpenOutcome.Opened
        ? _windows.WasSeen(header, key.Sequence)
        : (_custody.Find(key) is { } held && held.Bytes.Span.SequenceEqual(bytes)) || _passed.Contains(key, bytes, now - RepeatsTogether);

    /// <summary>What came in, before it is decided upon.</summary>
    private readonly record struct Incoming(EnvelopeHeader Header, EnvelopeKey Key, Neighbour From, TimeSpan BornAt);

    private static TimeSpan BornAt(ulong ageSeconds, TimeSpan now) => now - TimeSpan.FromSeconds(Math.Min(ageSeconds, 365UL * 86_400));

    private OpenOutcome Open(EnvelopeHeader header, ReadOnlySpan<byte> bytes, out ulong sequence, out int length)
    {
        if (header.Life is { } told)
        {
            sequence = Sequence.Of(told, header.SequenceLow);
            return Envelope.TryOpen(_keys, bytes, sequence, _body, out length);
        }

        var known = _windows.Find(ReplayWindows.KeyFor(header))?.Highest ?? 0;
        var nearest = sequence = Sequence.Expand(header.SequenceLow, known);
        var outcome = Envelope.TryOpen(_keys, bytes, sequence, _body, out length);
        // A signature covers the whole sequence of its own accord, and costs too much to try again.
        if (outcome != OpenOutcome.NotAuthentic || header.Mode == SealMode.Signature) return outcome;
        foreach (var life in _windows.LivesOf(header).Where(life => life != Sequence.LifeOf(nearest)))
        {
            sequence = Sequence.Of(life, header.SequenceLow);
            outcome = Envelope.TryOpen(_keys, bytes, sequence, _body, out length);
            if (outcome != OpenOutcome.NotAuthentic) return outcome;
        }

        sequence = nearest;
        return OpenOutcome.NotAuthentic;
    }
}
