using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What falls due, and the frames that go out.</content>
internal sealed partial class RelayCore
{
    /// <summary>Envelopes looked at beyond one that does not fit, before a frame is closed.</summary>
    private const int LookAhead = 32;

    /// <summary>Header, address, tag, and an envelope's kind, age (at most four bytes: eight years) and length.</summary>
    private const int LargestFrameOverhead = FrameWriter.Overhead + 2 + 1 + 4 + 2;

    /// <summary>Time between receipts that tell on, for an origin to which there is no way now.</summary>
    private static readonly TimeSpan UntoldPause = TimeSpan.FromMinutes(1);

    private readonly FrameWriter[] _writers;
    private readonly List<Held> _chosen = [];
    private long _frameNumber;

    private void Expire(TimeSpan now, Effects effects)
    {
        while (_custody.NextExpired(now) is { } held)
        {
            _custody.Remove(held);
            if (RelayRules.IsEphemeral(held.Header.Type)) continue;
            var isRecord = held.Key.Series == Series.Records && held.HasIt is null;
            var known = _keys.Holds(held.Key.Origin);
            if (!known) effects.Store(new StoreChange.Remove(held.Key));
            else effects.Store(new StoreChange.SetProgress(held.Key, isRecord ? MessageState.Vervallen : held.State, Custody: false, null));
            if (!isRecord) continue;
            _tallies.Count(Tallies.Expired);
            effects.Emit(new Output.Noted(NoteLevel.Warning, $"{held.Header.Type} {held.Key} expired in custody after {held.Lifetime.TotalHours:0} hours"));
            if (held.Key.Origin != _self.Id) continue;
            _own.Close(held.Key.Sequence);
            _heartbeatDue = now;
            Progress(held.Key, held.Header.Type, MessageState.Vervallen, held.ClientRef, null, effects);
        }
    }

    private void RetryDue(TimeSpan now)
    {
        while (_custody.NextDueRetry(now) is { } held)
        {
            if (held is { Stage: Stage.InFlight, Hop: { } hop })
            {
                // Lost twice without a sign of life since it was sent: whatever the link says, nobody is there.
                var sentAt = held.RetryAt - RelayRules.PatienceOf(_around.Links[hop.Link].Description, held.Attempts);
                if (held.Attempts >= 1 && hop.LastHeard < sentAt) hop.SilentSince ??= now;
                held.Attempts++;
            }

            _custody.MakeReady(held);
        }
    }

    private void ChooseWay(TimeSpan now, Effects effects)
    {
        var (before, led) = (_around.Up, _around.LeadsToMeldkamer);
        if (!_around.ChooseWayUp(now)) return;
        // What was left at a coördinatiepunt that waits for a way itself now goes straight to whoever has one.
        if (!led && _around is { LeadsToMeldkamer: true, Up: { } found }) _custody.RecallPassed(found.Site);
        foreach (var link in _around.Links) link.HurryBeacon(now);
        if (ReferenceEquals(before, _around.Up) && led == _around.LeadsToMeldkamer) return;
        if (_around.Up is { } up)
        {
            var remark = _around.LeadsToMeldkamer ? "" : ", which waits for a way to the meldkamer itself";
            effects.Emit(new Output.Noted(NoteLevel.Information, $"way up: link {_around.Links[up.Link].Description.Name} to site {up.Site}{remark}"));
            if (before is null) _heartbeatDue = now;
            else _custody.Recall(hop => !hop.IsUsable(now));
        }
        else effects.Emit(new Output.Noted(NoteLevel.Warning, "no way up: messages are stored and wait"));
    }

    private void WriteReceipts(Instant at, Effects effects)
    {
        if (!IsMeldkamer) return;
        foreach (var origin in _desk.TakeDue(at.Now))
        {
            if (!_keys.Holds(origin) || _windows.Find(new WindowKey(origin, 0, 0)) is not { } window) continue;
            var way = _around.WayDown(origin, at.Now) is { } down ? _around.Links[down.Link].Description : null;
            HoldOwnState(_desk.Write(origin, window, way is { BitRate: >= 100_000 }), origin, at.Now, effects);
            if (_desk.HasUntold(origin)) _desk.Owe(origin, at.Now, way is null ? UntoldPause : RelayRules.ReceiptPauseOf(way));
        }
    }

    private void WriteHeartbeat(Instant at, Effects effects)
    {
        if (IsMeldkamer || _around.Up is not { } up || at.Now < _heartbeatDue || !_keys.Holds(_self.Id)) return;
        _heartbeatDue = at.Now + RelayRules.HeartbeatPeriodOf(_around.Links[up.Link].Description);
        var waiting = _custody.All.Where(held => held.Key.Origin == _self.Id && held.Key.Series == Series.Records).ToList();
        var closed = _own.Declare(RelayRules.ClosedPerHeartbeat);
        var first = waiting.Select(held => held.Key.Sequence).Concat(closed.Select(one => one.Sequence)).DefaultIfEmpty(_counters.LastRecord + 1).Min();
        var heartbeat = new Heartbeat
        {
            Priority = 4,
            LastRecord = _counters.LastRecord,
            FirstWaiting = first,
            Waiting = waiting.Count,
            Closed = closed,
            UptimeHours = (int)Math.Min((at.Now - _startedAt).TotalHours, ushort.MaxValue),
        };
        HoldOwnState(heartbeat, 0, at.Now, effects);
    }

    private void HoldOwnState(Message message, ushort destination, TimeSpan now, Effects effects)
    {
        var length = MessageCodec.Encode(message, _body);
        if (length == 0) throw new InvalidOperationException($"This node made a {message.Type} that breaks its own rules.");
        var (key, header, bytes) = SealOwn(message, destination, length, effects);
        ReplaceOlderState(header, key, effects);
        _custody.Add(Hold(header, key, bytes, now, 0, MessageState.Opgeslagen, null, RelayRules.LifetimeOf(message.Type)));
    }

    private void SendFrames(TimeSpan now, Effects effects)
    {
        var usable = _around.Usable(now);
        SendAcknowledgements(usable, now, effects);
        foreach (var neighbour in usable)
        {
            var link = _around.Links[neighbour.Link];
            while (link.HasRoom && Fill(link, neighbour, now)) Send(link, neighbour.Site, effects);
        }

        foreach (var link in _around.Links) SendBeacon(link, now, effects);
    }

    /// <summary>Acknowledgements go first, because what is not acknowledged comes again; the rest of their frame is filled up.</summary>
    private void SendAcknowledgements(List<Neighbour> usable, TimeSpan now, Effects effects)
    {
        foreach (var ((index, site), names) in _acknowledgements)
        {
            var link = _around.Links[index];
            // A full link loses them; the neighbour sends again. Nothing piles up.
            foreach (var group in names.Distinct().GroupBy(name => (name.Origin, name.Series)))
            {
                var sequences = group.Select(name => name.SequenceLow).ToArray().AsSpan();
                while (!sequences.IsEmpty && link.HasRoom)
                {
                    if (_writers[index].IsEmpty) _writers[index].Address(site);
                    sequences = sequences[_writers[index].AddAcknowledgements(group.Key.Origin, group.Key.Series, sequences)..];
                    if (!sequences.IsEmpty) Send(link, site, effects);
                }
            }

            if (_writers[index].IsEmpty || !link.HasRoom) continue;
            if (usable.Find(neighbour => neighbour.Link == index && neighbour.Site == site) is { } neighbour) Fill(link, neighbour, now);
            Send(link, site, effects);
        }

        _acknowledgements.Clear();
    }

    /// <summary>
    /// Puts what may go to a neighbour into a frame: priority 1 up, then receipts and bulletins, then the rest up. Priority 1
    /// that does not fit any more closes the frame, so that nothing lower takes its place in the window.
    /// </summary>
    private bool Fill(LinkState link, Neighbour neighbour, TimeSpan now)
    {
        if (_writers[link.Index].IsEmpty) _writers[link.Index].Address(neighbour.Site);
        var isWayUp = _around.Up is { } up && up.Site == neighbour.Site;
        if (isWayUp && !AddReady(_custody.ReadyUp.TakeWhile(held => held.Header.Priority == 1), link, neighbour, now)) return !_writers[link.Index].IsEmpty;
        AddReady(_custody.ReadyDown.Where(held => _around.WayDown(held.Header.Destination, now)?.Site == neighbour.Site), link, neighbour, now);
        AddBulletins(link, neighbour, now);
        if (isWayUp) AddReady(_custody.ReadyUp, link, neighbour, now);
        return !_writers[link.Index].IsEmpty;
    }

    /// <returns>Whether all that may go to this neighbour went in.</returns>
    private bool AddReady(IEnumerable<Held> ready, LinkState link, Neighbour neighbour, TimeSpan now)
    {
        var room = RelayRules.WindowOf(link.Description) - neighbour.InFlight;
        var passedOver = 0;
        foreach (var held in ready)
        {
            // What never goes to this neighbour over this link must not hide what comes after it.
            if (held.CameFrom == neighbour.Site || !FitsAlone(link, held)) continue;
            if (_chosen.Count >= room || !TryAdd(link, held, now)) passedOver++;
            else _chosen.Add(held);
            if (_chosen.Count >= room || passedOver >= LookAhead) break;
        }

        foreach (var held in _chosen) _custody.Sent(held, neighbour, now + RelayRules.PatienceOf(link.Description, held.Attempts));
        _chosen.Clear();
        return passedOver == 0;
    }

    /// <summary>Whether it fits in a frame of this link that holds nothing else, at the greatest age.</summary>
    private static bool FitsAlone(LinkState link, Held held) =>
        held.Bytes.Length + LargestFrameOverhead <= link.Description.MaxFrame;

    private void AddBulletins(LinkState link, Neighbour neighbour, TimeSpan now)
    {
        foreach (var held in _custody.Everywhere)
        {
            if (held.CameFrom == neighbour.Site || held.Key.Origin == neighbour.Site || held.HasIt!.Contains(neighbour.Site)) continue;
            if (held.OfferAt!.TryGetValue(neighbour.Site, out var offer) && offer > now) continue;
            if (TryAdd(link, held, now)) held.OfferAt[neighbour.Site] = now + RelayRules.PatienceOf(link.Description, held.Attempts);
        }
    }

    private bool TryAdd(LinkState link, Held held, TimeSpan now) =>
        _writers[link.Index].TryAddEnvelope(held.Bytes.Span, (ulong)Math.Max(0, (now - held.BornAt).TotalSeconds));

    private void SendBeacon(LinkState link, TimeSpan now, Effects effects)
    {
        if (!link.HasRoom || now < link.BeaconDue) return;
        var period = RelayRules.BeaconPeriodOf(link.Description);
        var beacon = new Beacon((byte)_self.Role, link.Asks, _around.Distance, _around.Up?.Site ?? 0, (int)period.TotalSeconds);
        (link.Asks, link.LastBeacon, link.BeaconDue) = (false, now, now + period);
        _writers[link.Index].Address(null);
        if (_writers[link.Index].TryAddBeacon(beacon)) Send(link, null, effects);
    }

    private void Send(LinkState link, ushort? to, Effects effects)
    {
        link.Outstanding++;
        link.FramesSent++;
        effects.Emit(new Output.Send(link.Index, new OutgoingFrame(++_frameNumber, to, _writers[link.Index].Finish())));
    }
}
