using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>The frames that go out: answers first, then what waits in its order, as far as window and airtime allow.</content>
internal sealed partial class RelayCore
{
    /// <summary>Envelopes looked at beyond one that does not fit, before a frame is closed.</summary>
    private const int LookAhead = 32;

    /// <summary>An addressed frame with one short answer in it: with less airtime than this nothing is begun.</summary>
    private const int LeastFrame = 24;

    private readonly FrameWriter[] _writers;
    private readonly List<Held> _chosen = [];
    private readonly PriorityQueue<(Held Held, long Sent), TimeSpan> _urgent = new();
    private long _frameNumber;

    private void SendFrames(TimeSpan now, Effects effects)
    {
        foreach (var link in _around.Links) link.AirDue = null;
        TellRevoked(now, effects);
        SendAnswers(now, effects);
        foreach (var neighbour in _around.InOrder)
        {
            if (!_around.CanReach(neighbour, now)) continue;
            var link = _around.Links[neighbour.Link];
            while (link.HasRoom && Fill(link, neighbour, now)) Send(link, neighbour, now, effects);
        }

        CopyUrgent(now, effects);
        foreach (var link in _around.Links) SendBeacon(link, now, effects);
    }

    /// <summary>Acknowledgements go first, because what is not acknowledged comes again; the rest of their frame is filled up.</summary>
    private void SendAnswers(TimeSpan now, Effects effects)
    {
        foreach (var neighbour in _around.InOrder)
        {
            if (!(neighbour.Answers.DueAt <= now)) continue;
            var link = _around.Links[neighbour.Link];
            var reserve = neighbour.Answers.IsUrgent ? 0 : RelayRules.AnswerReserve;
            if (link.HasRoom && HasAir(link, LeastFrame, reserve, now)) Answer(link, neighbour, reserve, now, effects);
            // A full IP link loses them; the neighbour sends again. Nothing piles up.
            else if (!link.IsNarrow) neighbour.Answers.Clear();
        }
    }

    private void Answer(LinkState link, Neighbour neighbour, double reserve, TimeSpan now, Effects effects)
    {
        var writer = Open(link, neighbour, reserve, now);
        if (link.IsNarrow) AddReceiptsFor(link, neighbour, now);
        foreach (var group in neighbour.Answers.Waiting.Distinct().GroupBy(name => (name.Origin, name.Series)))
        {
            var sequences = group.Select(name => name.SequenceLow).Order().ToArray().AsSpan();
            while (!sequences.IsEmpty && link.HasRoom)
            {
                var added = Open(link, neighbour, reserve, now).AddAcknowledgements(group.Key.Origin, group.Key.Series, sequences);
                sequences = sequences[added..];
                if (added == 0 && writer.IsEmpty) break;
                if (added == 0) Send(link, neighbour, now, effects);
            }
        }

        foreach (var id in neighbour.Answers.Parts)
        {
            // Nothing is begun that cannot leave: it would stay in the writer, and what comes next, for another neighbour, would go out in it.
            if (!link.HasRoom) break;
            var (firstMissing, bitmap) = _reassembly.Tell(neighbour, id);
            if (Open(link, neighbour, reserve, now).TryAddParts(id, firstMissing, bitmap) || writer.IsEmpty) continue;
            Send(link, neighbour, now, effects);
            if (link.HasRoom) Open(link, neighbour, reserve, now).TryAddParts(id, firstMissing, bitmap);
        }

        neighbour.Answers.Clear();
        if (writer.IsEmpty) return;
        if (_around.CanReach(neighbour, now)) Fill(link, neighbour, now);
        Send(link, neighbour, now, effects);
    }

    /// <summary>A receipt for the neighbour itself says more than acknowledgements of the same records, and takes their place.</summary>
    private void AddReceiptsFor(LinkState link, Neighbour neighbour, TimeSpan now)
    {
        foreach (var held in _custody.ReadyDown.Where(held => held.Confirms is not null && held.Header.Destination == neighbour.Site).ToList())
        {
            if (!ReferenceEquals(_around.WayDown(neighbour.Site, now), neighbour) || !TryAdd(link, held, now)) continue;
            neighbour.Answers.Drop(name => name.Origin == neighbour.Site && name.Series == Series.Records
                && held.Confirms!.Covers(Sequence.Expand(name.SequenceLow, held.Confirms.UpTo)));
            NoteChosen(link, neighbour, held, now);
        }
    }

    /// <summary>The frame being written for a neighbour, or a new one, no longer than the airtime allows.</summary>
    private FrameWriter Open(LinkState link, Neighbour neighbour, double reserve, TimeSpan now)
    {
        var writer = _writers[link.Index];
        if (writer.IsEmpty) writer.Address(neighbour.Site, epoch: EpochFor(neighbour));
        writer.Limit(Math.Min(neighbour.FrameLimit, LongestFrame(link, reserve, now)));
        return writer;
    }

    /// <summary>
    /// Puts what may go to a neighbour into a frame: priority 1 up, then a revocation, receipts, priority 2 up, bulletins, and the rest up. Priority 1
    /// that does not fit any more closes the frame, so that nothing lower takes its place in the window.
    /// </summary>
    private bool Fill(LinkState link, Neighbour neighbour, TimeSpan now)
    {
        var writer = _writers[link.Index];
        var up = ReferenceEquals(_around.Up, neighbour) ? _custody.MostUrgentUp : Custody.Nothing;
        if (up == 1)
        {
            Open(link, neighbour, 0, now);
            if (!AddReady(_custody.ReadyUp.TakeWhile(held => held.Header.Priority == 1), link, neighbour, 0, now)) return !writer.IsEmpty;
        }

        AddEverywhere(MessageType.Revocation, RelayRules.ReceiptReserve, link, neighbour, now);
        if (_custody.ReadyDown.Count > 0)
        {
            Open(link, neighbour, RelayRules.ReceiptReserve, now);
            AddReady(_custody.ReadyDown.Where(held => ReferenceEquals(_around.WayDown(held.Header.Destination, now), neighbour)), link, neighbour, RelayRules.ReceiptReserve, now);
        }

        if (up <= 2)
        {
            Open(link, neighbour, RelayRules.UrgentReserve, now);
            if (!AddReady(_custody.ReadyUp.TakeWhile(held => held.Header.Priority <= 2), link, neighbour, RelayRules.UrgentReserve, now)) return !writer.IsEmpty;
        }

        AddEverywhere(MessageType.Bulletin, RelayRules.UrgentReserve, link, neighbour, now);
        if (up != Custody.Nothing)
        {
            Open(link, neighbour, RelayRules.UrgentReserve, now);
            AddReady(_custody.ReadyUp, link, neighbour, RelayRules.UrgentReserve, now);
        }

        return !writer.IsEmpty;
    }

    /// <returns>Whether all that may go to this neighbour went in.</returns>
    private bool AddReady(IEnumerable<Held> ready, LinkState link, Neighbour neighbour, double reserve, TimeSpan now)
    {
        var room = LinkPace.Window(link.Description) - neighbour.Flying.Count;
        var passedOver = 0;
        foreach (var held in ready)
        {
            // What never goes to this neighbour over this link must not hide what comes after it.
            if (held.CameFrom == neighbour.Site || !CanCarry(link, neighbour, held) || IsGathered(held) || IsTooSoon(link, held, now)) continue;
            if (_chosen.Count < room && TryAddOrPiece(link, neighbour, held, now)) _chosen.Add(held);
            else if (passedOver++ == 0) NoteWaitsForAir(link, held, reserve, now);
            if (_chosen.Count >= room || passedOver >= LookAhead) break;
        }

        foreach (var held in _chosen) NoteChosen(link, neighbour, held, now);
        _chosen.Clear();
        return passedOver == 0;
    }

    /// <summary>An envelope went into the frame, or a piece of it.</summary>
    private void NoteChosen(LinkState link, Neighbour neighbour, Held held, TimeSpan now)
    {
        // More pieces follow in the next frames, unless something more urgent comes between.
        if (PlanOf(held, neighbour) is { HasNext: true }) return;
        NoteHeartbeat(link, held, now);
        if (link.IsNarrow && IsUnanswered(held.Header, neighbour.Site))
        {
            _custody.Remove(held);
            return;
        }

        (held.SentNumber, held.SentAt) = (_frameNumber + 1, now);
        if (held.Attempts == 0) held.FirstSentAt = now;
        _custody.Sent(held, neighbour, now + LinkPace.Patience(link.Description, held.Attempts) + link.Spread);
        if (held.Header.Priority == 1 && RelayRules.CourseOf(held.Header.Type) == Course.Up) _urgent.Enqueue((held, held.SentNumber), now + RelayRules.UrgentPatience);
    }

    /// <summary>What is made again when it is lost is not worth an acknowledgement on a narrow link.</summary>
    private static bool IsUnanswered(in EnvelopeHeader header, ushort receiver) =>
        header.Type == MessageType.Heartbeat || (header.Type == MessageType.Receipt && header.Destination == receiver);

    /// <summary>Whether an envelope can go to a neighbour at all: whole, or in not too many pieces.</summary>
    private static bool CanCarry(LinkState link, Neighbour neighbour, Held held) => MayGoOver(link, held)
        && (!NeedsPieces(link, neighbour, held) || FragmentPlan.CanCut(held.Bytes.Length, PieceRoom(link, neighbour)));

    private static FragmentPlan? PlanOf(Held held, Neighbour neighbour) => held.Plans?.GetValueOrDefault(neighbour);

    private static bool NeedsPieces(LinkState link, Neighbour neighbour, Held held) =>
        held.Bytes.Length + LargestOverhead(link) > neighbour.FrameLimit;

    /// <summary>Header, address, tag, and an envelope's kind, age (at most four bytes: eight years) and length.</summary>
    private static int LargestOverhead(LinkState link) => FrameWriter.OverheadOf(link.Description.Form) + 2 + 1 + 4 + 2;

    private static int PieceRoom(LinkState link, Neighbour neighbour) => neighbour.FrameLimit - FrameWriter.OverheadOf(link.Description.Form) - 2 - 4;

    private bool TryAddOrPiece(LinkState link, Neighbour neighbour, Held held, TimeSpan now)
    {
        var plan = PlanOf(held, neighbour);
        // All its pieces were sent and it is to go again from the start, or frames are shorter now than the pieces: it is cut anew.
        if (plan is not null && (!plan.HasNext || plan.Room > PieceRoom(link, neighbour)))
        {
            held.Plans!.Remove(neighbour);
            plan = null;
        }

        if (plan is null)
        {
            if (!NeedsPieces(link, neighbour, held)) return TryAdd(link, held, now);
            if (FragmentPlan.For(held.Bytes, PieceRoom(link, neighbour)) is not { } made) return false;
            plan = (held.Plans ??= [])[neighbour] = made;
        }

        var (name, bytes) = plan.Next();
        if (!_writers[link.Index].TryAddFragment(name, bytes.Span, name.IsLast ? AgeOf(held, now) : null)) return false;
        plan.NoteSent(name);
        return true;
    }

    private bool TryAdd(LinkState link, Held held, TimeSpan now) => MayGoOver(link, held) && _writers[link.Index].TryAddEnvelope(held.Bytes.Span, AgeOf(held, now));

    private static ulong AgeOf(Held held, TimeSpan now) => (ulong)Math.Max(0, (now - held.BornAt).TotalSeconds);

    private void SendBeacon(LinkState link, TimeSpan now, Effects effects)
    {
        if (!link.HasRoom || now < link.BeaconDue || !HasAir(link, LeastFrame, 0, now)) return;
        var period = LinkPace.BeaconPeriod(link.Description);
        // With nobody there yet each one asks, and the next comes sooner.
        var isAlone = link.IsNarrow && !_around.All.Any(neighbour => neighbour.Link == link.Index);
        // Under both open epochs in turn, as long as somebody may have only one of them: each then hears every second beacon.
        var (isDivided, epoch) = (IsDivided(link), _keys.Epoch);
        link.WasOlder = isDivided && !link.WasOlder;
        if (link.WasOlder) epoch = _keys.OldestEpoch;
        var told = Math.Min((int)period.TotalSeconds * (isDivided ? 2 : 1), Beacon.MaxPeriodSeconds);
        var beacon = new Beacon((byte)_self.Role, link.Asks || isAlone, _around.Distance, _around.Up?.Site ?? 0, told) { IsAhead = epoch < _keys.Epoch };
        link.NoteBeacon(now, isAlone ? LinkPace.CallPause(link.Description, link.Calls++) : period);
        _writers[link.Index].Address(null, epoch: epoch);
        if (_writers[link.Index].TryAddBeacon(beacon)) Send(link, null, now, effects);
    }

    private void Send(LinkState link, Neighbour? to, TimeSpan now, Effects effects)
    {
        var frame = _writers[link.Index].Finish(more: to is not null && link.IsNarrow && HasMoreFor(link, to, now));
        link.FramesSent++;
        _frameNumber++;
        var air = link.Description.Air;
        var airtime = air?.TimeOnAir(frame.Length) ?? TimeSpan.Zero;
        link.Outstanding[_frameNumber] = (now, airtime);
        if (air is not null) _airtime.Spend(air.Band, air.DutyCycle, airtime, now);
        if (to is not null && link.IsNarrow)
        {
            foreach (var held in to.Flying)
                if (held.SentNumber == _frameNumber) held.SentIn = frame.Length;
            // The neighbour answers after the last frame of the burst, so that all of it waits from there.
            _custody.Extend(to, now + LinkPace.Patience(link.Description, 0) + link.Spread);
        }

        effects.Emit(new Output.Send(link.Index, new OutgoingFrame(_frameNumber, to?.Site, frame)));
    }

    /// <summary>Whether another frame for this neighbour follows at once.</summary>
    private bool HasMoreFor(LinkState link, Neighbour neighbour, TimeSpan now)
    {
        if (!ReferenceEquals(_around.Up, neighbour) || neighbour.Flying.Count >= LinkPace.Window(link.Description)) return false;
        return _custody.ReadyUp.FirstOrDefault(held => held.CameFrom != neighbour.Site && MayGoOver(link, held) && !IsGathered(held) && !IsTooSoon(link, held, now)) is { } next
            && HasAir(link, Math.Min(next.Bytes.Length + LargestOverhead(link), neighbour.FrameLimit), next.Header.Priority == 1 ? 0 : RelayRules.UrgentReserve, now);
    }
}
