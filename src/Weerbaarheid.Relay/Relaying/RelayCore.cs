using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The relaying core: a deterministic machine. Events go in with the moment at which they are handled, changes and
/// outputs come out; there is no I/O, clock, thread or randomness inside. A batch is: <see cref="Handle"/> for each
/// event, <see cref="Settle"/> once, commit the changes, then carry out the outputs. When a commit fails the core is
/// thrown away and made anew from the store.
/// </summary>
internal sealed partial class RelayCore
{
    private readonly Site _self;
    private readonly KeyRing _keys;
    private readonly RelayRules _rules;
    private readonly Custody _custody;
    private readonly ReplayWindows _windows;
    private readonly Neighbourhood _around;
    private readonly ReceiptDesk _desk = new();
    private readonly References _references;
    private readonly Tallies _tallies;
    private readonly OwnRecords _own;
    private readonly Counters _counters;
    private readonly Dictionary<(WindowKey Window, Exercise Exercise), EnvelopeKey> _storedStates = [];
    private readonly byte[] _body = new byte[MessageLimits.Body];
    private readonly byte[] _envelope = new byte[Envelope.MaxSize];
    private TimeSpan _startedAt;
    private TimeSpan _heartbeatDue;
    private bool _started;
    private bool _onlyUrgent;

    /// <param name="self">Who this node is.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="links">Its links, in the order of the configuration; events and outputs name them by place.</param>
    /// <param name="snapshot">What the store holds.</param>
    /// <param name="rules">Limits.</param>
    public RelayCore(Site self, KeyRing keys, IReadOnlyList<LinkDescription> links, Snapshot snapshot, RelayRules rules)
    {
        _self = self;
        _keys = keys;
        _rules = rules;
        _custody = new Custody(rules);
        _windows = new ReplayWindows(snapshot.Windows);
        _around = new Neighbourhood(self, links);
        _courier = new LinkState(self.Id, CourierFrames.Link, CourierFrames.Description);
        _references = new References(rules, snapshot.References);
        _tallies = new Tallies(snapshot.Tallies);
        _counters = new Counters(snapshot.Records, snapshot.States);
        FirstDoubtful = 1 + KnownChecked(snapshot.Records);
        _own = new OwnRecords(self.Id, _windows);
        _writers = [.. _around.Links.Select(link => new FrameWriter(keys, self.Id, link.Description.MaxFrame, link.Description.Form))];
        _airtime = new AirtimeLedger(snapshot.Airtime);
        RestoreKeys(snapshot.Keys);
        foreach (var stored in snapshot.Envelopes) Restore(stored);
        FollowRevocation();
    }

    private bool IsMeldkamer => _self.Role == Role.Meldkamer;

    /// <summary>Takes one event in.</summary>
    public void Handle(RelayEvent happened, Instant at, Effects effects)
    {
        Start(at);
        switch (happened)
        {
            case RelayEvent.Submit submit:
                effects.Emit(new Output.Completed(submit.Ticket, Submit(submit.Submission, at, effects)));
                break;
            case RelayEvent.Order order:
                effects.Emit(new Output.Completed(order.Ticket, Order(order.What, at, effects)));
                break;
            case RelayEvent.CourierExport export:
                effects.Emit(new Output.Exported(export.Ticket, Export(export.Only, at, effects)));
                break;
            case RelayEvent.CourierImport import:
                effects.Emit(new Output.Imported(import.Ticket, Import(import.Frame.Span, at, effects)));
                break;
            case RelayEvent.FrameReceived received:
                Receive(received.Link, received.Bytes.Span, at, effects);
                break;
            case RelayEvent.LinkUp up:
                LinkUp(up.Link, at.Now);
                break;
            case RelayEvent.LinkDown down:
                LinkDown(down.Link, down.Reason, at.Now, effects);
                break;
            case RelayEvent.Room room:
                _onlyUrgent = room.OnlyUrgent;
                break;
            case RelayEvent.FrameSent sent:
                FrameSent(_around.Links[sent.Link], sent.Number, at.Now);
                break;
        }
    }

    /// <summary>Does what has fallen due, after the events of a batch: expiry, retries, receipts, heartbeats, frames.</summary>
    public void Settle(Instant at, Effects effects)
    {
        Start(at);
        Expire(at.Now, effects);
        RetryDue(at.Now);
        ChooseWay(at.Now, effects);
        WriteReceipts(at, effects);
        WriteRekeys(at, effects);
        WriteHeartbeat(at, effects);
        RollStatuses(at, effects);
        SendFrames(at.Now, effects);
        CallSilent(at.Now);
        _airtime.Flush(effects);
        if (effects.Changes.Count > 0) _windows.KeepReceipt(_self.Id);
        _windows.Flush(effects);
        _tallies.Flush(effects);
    }

    /// <summary>When <see cref="Settle"/> has something to do again, if no event comes first.</summary>
    public TimeSpan NextDue(TimeSpan now)
    {
        var due = Min(_custody.NextRetry, _custody.NextExpiry);
        if (IsMeldkamer) due = Min(due, Min(_desk.NextDue, _nextRekey));
        else if (_around.Up is not null && MakesHeartbeats) due = Min(due, _heartbeatDue);
        if (_urgent.TryPeek(out _, out var urgent)) due = Min(due, urgent);
        if (_rollAt is { } roll && roll > now) due = Min(due, roll);
        if (_around.CautiousUntil is { } cautious) due = Min(due, cautious);
        foreach (var link in _around.Links)
        {
            if (!link.HasRoom) continue;
            if (link.AirDue is { } air) due = Min(due, air);
            if (link.AirDue is null || link.BeaconDue > now) due = Min(due, link.BeaconDue);
        }

        foreach (var neighbour in _around.InOrder)
        {
            // What is due already waits for room or for airtime, which are events of their own.
            if (neighbour.Answers.DueAt is { } answer && answer > now) due = Min(due, answer);
            if (!neighbour.IsUsable(now)) continue;
            due = Min(due, neighbour.UsableUntil + TimeSpan.FromMilliseconds(1));
            if (_custody.Everywhere.Length == 0) continue;
            foreach (var held in _custody.Everywhere)
                if (held.OfferAt!.TryGetValue(neighbour.Site, out var offer) && offer > now) due = Min(due, offer);
        }

        return due;
    }

    /// <summary>Whether the store has room for one of this priority; what is made again when it is lost needs none.</summary>
    private bool HasStoreFor(MessageType type, int priority) => !_onlyUrgent || priority == 1 || RelayRules.IsEphemeral(type);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Start(Instant at)
    {
        if (_started) return;
        (_started, _startedAt, _heartbeatDue) = (true, at.Now, at.Now);
        if (!IsMeldkamer) _windows.SetChecked(_self.Id, FirstDoubtful - 1);
        if (!IsMeldkamer) return;
        OweRekeys(at.Now);
        // Receipts are never stored: after a restart every origin is told again how far it has come.
        foreach (var (origin, window) in _windows.Records)
        {
            if (origin == _self.Id) continue;
            foreach (var (first, last) in window.Seen.Ranges)
                for (var sequence = first; first > window.Contiguous && sequence <= last; sequence++) _desk.Arrived(new EnvelopeKey(origin, Series.Records, sequence));
            _desk.Owe(origin, at.Now, TimeSpan.Zero);
        }
    }

    private void Restore(StoredEnvelope stored)
    {
        if (stored.Header.Mode == SealMode.Signature) _issuers.Add(stored.Key.Origin);
        if (stored.Header.Type == MessageType.Revocation)
        {
            RestoreRevocation(stored);
            return;
        }

        if (stored.Key.Series == Series.States) _storedStates[(ReplayWindows.KeyFor(stored.Header), stored.Header.Exercise)] = stored.Key;
        if (stored.Key.Origin == _self.Id && stored.Key.Series == Series.Records) _own.Restore(stored);
        else if (IsMeldkamer && stored.State == MessageState.InBehandeling) _desk.TakeUp(stored.Key, stored.Reference);
        if (stored.Delivered) _tags.Add(stored.Key, stored.Bytes.Span);
        if (!stored.Custody) return;
        _custody.Add(Hold(stored.Header, stored.Key, stored.Bytes, stored.BornAt, 0, stored.State, stored.ClientRef, LifetimeOf(stored)));
    }

    private TimeSpan LifetimeOf(StoredEnvelope stored) =>
        stored.Header.Type == MessageType.Bulletin && StoredMessages.Open(_keys, stored) is { } message
            ? LifetimeOf(message) : RelayRules.LifetimeOf(stored.Header.Type);

    private static TimeSpan LifetimeOf(Message message) =>
        message is Bulletin bulletin ? TimeSpan.FromHours(bulletin.ValidHours) : RelayRules.LifetimeOf(message.Type);

    private Held Hold(
        EnvelopeHeader header, EnvelopeKey key, ReadOnlyMemory<byte> bytes, TimeSpan bornAt, ushort cameFrom, MessageState state, string? clientRef, TimeSpan lifetime,
        Receipt? confirms = null)
    {
        var everywhere = RelayRules.CourseOf(header.Type) == Course.Everywhere;
        return new Held
        {
            Key = key,
            Header = header,
            Bytes = bytes,
            BornAt = bornAt,
            Order = header.Type is MessageType.Heartbeat or MessageType.Receipt ? _custody.NextOrderAhead() : _custody.NextOrder(),
            CameFrom = cameFrom,
            State = state,
            ClientRef = clientRef,
            Lifetime = lifetime,
            Confirms = confirms,
            HasIt = everywhere ? [] : null,
            OfferAt = everywhere ? [] : null,
        };
    }

    private void FrameSent(LinkState link, long number, TimeSpan now)
    {
        if (!link.Outstanding.Remove(number, out var handed) || link.Description.Air is not { } air) return;
        // It began later than its booking covers, because the modem held it back: it is booked once more, where it counts longer.
        if (now - handed.At > AirtimeLedger.Lag + handed.Airtime) _airtime.Spend(air.Band, air.DutyCycle, handed.Airtime, now);
    }

    private void LinkUp(int index, TimeSpan now)
    {
        var link = _around.Links[index];
        link.Outstanding.Clear();
        (link.IsUp, link.BeaconDue, link.Asks, link.Calls, link.DownReason) = (true, now + link.Spread, true, 0, "");
    }

    private void LinkDown(int index, string reason, TimeSpan now, Effects effects)
    {
        var link = _around.Links[index];
        if (link.IsUp) link.NoteLoss(now);
        if (link.IsUp) effects.Emit(new Output.Noted(NoteLevel.Warning, $"link {link.Description.Name} is down: {reason}"));
        link.Outstanding.Clear();
        (link.IsUp, link.DownReason) = (false, reason);
        _custody.Recall(hop => hop.Link == index);
        _around.Forget(index);
        _reassembly.Forget(index);
    }
}
