using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What falls due: expiry, retries, the choice of a way, receipts and heartbeats.</content>
internal sealed partial class RelayCore
{
    /// <summary>Attempts without an answer from a neighbour that is heard, before it counts as silent; with a third of the frames lost that is 1 in 30.</summary>
    private const int MostUnanswered = 5;

    /// <summary>Attempts that failed before a neighbour that was not heard counts as silent, on a link with a duty cycle.</summary>
    private const int AttemptsWhereAirIsShort = 3;

    /// <summary>Time between receipts that tell on, for an origin to which there is no way now.</summary>
    private static readonly TimeSpan UntoldPause = TimeSpan.FromMinutes(1);

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
            if (held is { Stage: Stage.InFlight, Hop: { } hop }) NoAnswer(held, hop, now);
            _custody.MakeReady(held);
        }
    }

    /// <summary>A neighbour did not acknowledge in time.</summary>
    private void NoAnswer(Held held, Neighbour hop, TimeSpan now)
    {
        var link = _around.Links[hop.Link];
        // Lost twice without a sign of life since it was sent (where airtime is short it may only be waiting for some: four times), or
        // often without an answer though something is heard, which may be a recording: whatever the link says, nobody is there.
        var least = link.Description.Air is { DutyCycle: < 1 } ? AttemptsWhereAirIsShort : 1;
        var isSilent = held.Attempts >= least && (hop.LastHeard < held.SentAt || (held.Attempts >= MostUnanswered && hop.LastAnswered < held.FirstSentAt));
        held.Attempts++;
        if (isSilent && hop.SilentSince is null)
        {
            hop.SilentSince = now;
            link.NoteLoss(now);
        }

        if (!link.IsNarrow) return;
        hop.NoteLoss(held.SentIn);
        held.Plans?.GetValueOrDefault(hop)?.Probe();
        if (isSilent) _custody.Recall(other => ReferenceEquals(other, hop));
        // One is sent again, and its acknowledgement names all that came lately; what it does not name goes again then.
        else _custody.Extend(hop, now + LinkPace.Patience(link.Description, held.Attempts));
    }

    /// <summary>On a narrow link a neighbour that fell silent is called, as often as the airtime bears, while anything waits for a way.</summary>
    private void CallSilent(TimeSpan now)
    {
        // Bulletins wait for whoever comes by; nobody is called for them, or a site out of power would be called for days.
        if (_custody.Count == _custody.Everywhere.Length) return;
        foreach (var neighbour in _around.All)
        {
            var link = _around.Links[neighbour.Link];
            if (!link.IsNarrow || !link.IsUp || neighbour.IsUsable(now) || now - neighbour.LastHeard > RelayRules.CallFor) continue;
            link.Asks = true;
            link.HurryBeacon(now);
        }
    }

    private void ChooseWay(TimeSpan now, Effects effects)
    {
        var (before, led) = (_around.Up, _around.LeadsToMeldkamer);
        if (!_around.ChooseWayUp(now)) return;
        // What was left at a coördinatiepunt that waits for a way itself now goes straight to whoever has one.
        // So it does when the meldkamer itself is in reach, where that costs no airtime: who had it may have lost it since.
        if (_around is { LeadsToMeldkamer: true, Up: { } found } && (!led || IsFastMeldkamer(before, found))) _custody.RecallPassed(found.Site);
        foreach (var link in _around.Links) link.HurryBeacon(now);
        if (_around.Up is { } next && next.Site != before?.Site) TellLifeOnNewWay(now);
        if (ReferenceEquals(before, _around.Up) && led == _around.LeadsToMeldkamer) return;
        if (_around.Up is { } up)
        {
            var remark = _around.LeadsToMeldkamer ? "" : UpIsOnlyClear ? ", for what may go in clear; records wait for another way" : ", which waits for a way to the meldkamer itself";
            effects.Emit(new Output.Noted(NoteLevel.Information, $"way up: link {_around.Links[up.Link].Description.Name} to site {up.Site}{remark}"));
            // What is urgent does not wait for a neighbour that is no longer the way, while less urgent messages go by the new one.
            _custody.RecallUrgent(up);
            if (before is null) _heartbeatDue = now;
            else _custody.Recall(hop => !hop.IsUsable(now));
        }
        else effects.Emit(new Output.Noted(NoteLevel.Warning, "no way up: messages are stored and wait"));
    }

    private bool IsFastMeldkamer(Neighbour? before, Neighbour found) =>
        !ReferenceEquals(before, found) && found.Beacon.Distance == 0 && !_around.Links[found.Link].IsNarrow;

    private void WriteReceipts(Instant at, Effects effects)
    {
        if (!IsMeldkamer) return;
        foreach (var origin in _desk.TakeDue(at.Now))
        {
            if (!_keys.Holds(origin) || _trust.IsRevoked(origin) || _windows.Find(new WindowKey(origin, 0, 0)) is not { } window) continue;
            var way = _around.WayDown(origin, at.Now) is { } down ? _around.Links[down.Link].Description : null;
            var receipt = _desk.Write(origin, window, way is { Air: null, BitRate: >= 100_000 });
            if (_desk.TakeCheck(origin) is > 0 and var asks) receipt = receipt with { Check = _tags.CheckOf(origin, receipt, asks) };
            HoldOwnState(ForItsWay(receipt, at.Now), at.Now, effects);
            if (_desk.HasUntold(origin)) _desk.Owe(origin, at.Now, way is null ? UntoldPause : LinkPace.ReceiptPause(way));
        }
    }

    private List<Held> OwnWaiting() => [.. _custody.All.Where(held => held.Key.Origin == _self.Id && held.Key.Series == Series.Records)];

    private bool MakesHeartbeats => _keys.Holds(_self.Id) && !_trust.IsRevoked(_self.Id);

    private void WriteHeartbeat(Instant at, Effects effects)
    {
        if (IsMeldkamer || _around.Up is not { } up || at.Now < _heartbeatDue || !MakesHeartbeats) return;
        var waiting = OwnWaiting();
        var isHurried = _around.LeadsToMeldkamer && waiting.Exists(held => IsDoubtful(held.Key));
        _heartbeatDue = at.Now + (HeartbeatPeriod(up) / (!isHurried ? 1 : IsShortOfAir(up) ? AsksOnAir : Asks));
        _lastHeartbeat = at.Now;
        HoldOwnState(MakeHeartbeat(waiting, at.Now), at.Now, effects);
    }

    private Heartbeat MakeHeartbeat(List<Held> waiting, TimeSpan now)
    {
        var closed = _own.Declare(RelayRules.ClosedPerHeartbeat);
        var (heardOf, heard) = _windows.NewestReceipt(_self.Id);
        // Of this life: what was lost with an earlier one must not pass for settled, and what waits of it not for what begins this one.
        var first = waiting.Select(held => held.Key.Sequence).Concat(closed.Select(one => one.Sequence))
            .Where(sequence => Sequence.LifeOf(sequence) == _counters.Life).DefaultIfEmpty(_counters.LastRecord + 1).Min();
        return new Heartbeat
        {
            Priority = (byte)(_isChecked ? 4 : 2),
            Asks = _isChecked ? 0 : FirstDoubtful,
            HeardOf = heardOf,
            Heard = heard,
            LastRecord = _counters.LastRecord,
            FirstWaiting = first,
            Waiting = waiting.Count,
            Closed = closed,
            UptimeHours = (int)Math.Min((now - _startedAt).TotalHours, ushort.MaxValue),
        };
    }

    private void HoldOwnState(Message message, TimeSpan now, Effects effects)
    {
        var length = MessageCodec.Encode(message, _body);
        if (length == 0) throw new InvalidOperationException($"This node made a {message.Type} that breaks its own rules.");
        var (key, header, bytes) = SealOwn(message, length, now, effects);
        ReplaceOlderState(header, key, effects);
        _custody.Add(Hold(header, key, bytes, now, 0, MessageState.Opgeslagen, null, RelayRules.LifetimeOf(message.Type), message as Receipt));
    }
}
