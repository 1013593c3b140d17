using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Node;

/// <summary>
/// Drives the core: drain what arrived, decide, commit once, then carry out. Group commit is not a feature of it but
/// what happens when a batch has more than one event. Only this loop touches core and store.
/// </summary>
internal sealed partial class NodeLoop(
    Site self, KeyRing keys, IReadOnlyList<ILink> links, SqliteOutbox outbox, RelayRules rules, Publisher publisher,
    ChannelReader<RelayEvent> inbox, LifeFiles lives, LoopSurroundings around, TimeProvider time, ILogger log)
{
    private const int BatchLimit = 1_024;
    // More than the report shows: by their tags a second record under a number is told from a repeat.
    private const int DeliveredAtHand = 4_096;
    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Part of the time that reports may take: what is told of a deep queue must not hold it up.</summary>
    private const int ReportShare = 20;

    /// <summary>That something was published may wait for company: when it is lost, applications hear a message twice.</summary>
    private static readonly TimeSpan AnnouncedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeCommitPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleCheckpoint = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    /// <summary>How often a full disk is asked whether there is room again.</summary>
    private static readonly TimeSpan RoomPeriod = TimeSpan.FromSeconds(5);

    /// <summary>How often a batch is tried for which the store made room: finished records go first, then the ballast.</summary>
    private const int FullTries = 3;

    /// <summary>After a start, the time that applications get to come back before they are told what an earlier life left unsaid.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly StationLog _station = new(keys, time, log);
    private readonly bool[] _up = new bool[links.Count];
    private readonly Effects _effects = new();
    private readonly List<RelayEvent.Request> _requests = [];
    private readonly List<RelayEvent.Request> _again = [];
    private OutboxException? _failure;
    private int _tries;
    private TimeSpan _roomDue;
    private string? _lifeRemark;
    private RelayCore _core = null!;
    private NodeClock _clock = null!;
    private SituationReport _report = new(self);
    private List<StoredEnvelope> _unsaid = [];
    private TimeSpan _unsaidDue;
    private bool _changed = true;
    private TimeSpan _reported = TimeSpan.MinValue;
    private TimeSpan _reportPause = ReportPause;
    private TimeSpan _committed;
    private bool _checkpointed = true;

    /// <summary>The newest report, as published.</summary>
    public byte[] Report { get; private set; } = [];

    /// <summary>The node's newest own state, as published.</summary>
    public byte[] Status { get; private set; } = [];

    /// <summary>The newest messages, for pages; another one after the store failed.</summary>
    public MessageBoard Board { get; private set; } = new();

    /// <summary>The node's newest own state, for pages; null until it is started.</summary>
    public NodePicture? Picture { get; private set; }

    /// <summary>The moment. Only once it is started.</summary>
    public Instant Now => _clock.Now;

    /// <summary>Reads the store and publishes what stands in it. Must be done before <see cref="RunAsync"/>.</summary>
    /// <exception cref="OutboxException">The store cannot be read.</exception>
    public async Task StartAsync()
    {
        var snapshot = LoadCore();
        var now = _clock.Now.Now;
        foreach (var stored in snapshot.Envelopes.Where(stored => stored.Delivered && stored.Header.Type is MessageType.Status or MessageType.Sitrap))
        {
            var message = StoredMessages.Open(keys, stored);
            if (message is Sitrap sitrap) await publisher.RowsAsync(stored, sitrap, now);
            else if (message is not null) await publisher.StatusAsync(stored, message, now);
        }

        _unsaid = [.. snapshot.Envelopes.Where(stored => stored is { Delivered: true, Announced: false })];
        _unsaidDue = now + Grace;
        await PublishReportAsync(_clock.Now);
        // The links come up in a moment; that is told without the usual pause.
        (_reported, _reportPause) = (now - ReportPause, ReportPause);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await WaitAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested) break;
            var at = _clock.Now;
            if (Decide(at)) await CarryOutAsync(at);
            else await RecoverAsync(cancellationToken);
            if (outbox.IsTight && at.Now >= _roomDue) LookForRoom(at);
            if (_unsaid.Count > 0 && at.Now >= _unsaidDue) await SayUnsaidAsync(at.Now);
            if (IsErasureDue(at.Now)) Erase(at);
            if (IsReportDue(at.Now)) await PublishReportAsync(at);
        }

        // What is in the batch now is not acknowledged, and its clients hand it in again.
        if (!_checkpointed) outbox.Checkpoint();
    }

    private Snapshot LoadCore()
    {
        // The desk has to find again what it had in front of it.
        var snapshot = outbox.Load(self.Role == Role.Meldkamer ? MessageBoard.Capacity : DeliveredAtHand);
        Tell();
        var newest = snapshot.Envelopes.Select(stored => stored.ReceivedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        _clock = new NodeClock(time, snapshot.Time, newest);
        _core = new RelayCore(self, keys, [.. links.Select(link => link.Description)], snapshot, rules);
        _core.Handle(new RelayEvent.Room(outbox.IsTight), _clock.Now, _effects);
        _report = new SituationReport(self);
        var board = new MessageBoard();
        foreach (var stored in snapshot.Envelopes.Where(stored => stored.Delivered))
        {
            var message = StoredMessages.Open(keys, stored);
            _report.Add(stored, message);
            board.Add(stored, message, seen: false);
        }

        Board = board;
        _committed = _clock.Now.Now;
        return snapshot;
    }

    /// <summary>Delivered in an earlier life, and perhaps not published: applications tell a repeat by its id.</summary>
    private async Task SayUnsaidAsync(TimeSpan now)
    {
        foreach (var stored in _unsaid) await publisher.DeliveredAsync(stored, StoredMessages.Open(keys, stored), now);
        _unsaid = [];
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_again.Count > 0 || inbox.TryPeek(out _) || _erasing is not null) return;
        var due = NextDue();
        var wait = due - _clock.Now.Now;
        if (wait <= TimeSpan.Zero) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrival = inbox.WaitToReadAsync(stop.Token).AsTask();
        var timer = Task.Delay(wait < ReportPeriod ? wait : ReportPeriod, time, stop.Token);
        var order = around.Erasures.WaitToReadAsync(stop.Token).AsTask();
        await Task.WhenAny(arrival, timer, order);
        await stop.CancelAsync();
    }

    private TimeSpan NextDue()
    {
        var now = _clock.Now.Now;
        var due = _core.NextDue(now);
        if (_changed) due = Earlier(due, _reported == TimeSpan.MinValue ? now : _reported + _reportPause);
        if (_unsaid.Count > 0) due = Earlier(due, _unsaidDue);
        if (outbox.IsTight) due = Earlier(due, _roomDue);
        if (around.RetentionDays is not null) due = Earlier(due, _retentionDue);
        if (publisher.HasAnnounced) due = Earlier(due, _committed + AnnouncedPause);
        if (_core.HoldsRecords) due = Earlier(due, _committed + TimeCommitPeriod);
        if (!_checkpointed) due = Earlier(due, _committed + IdleCheckpoint);
        return due;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>One batch: events in, changes on disk.</summary>
    /// <returns>False when the store failed; what of the batch holds is not known then.</returns>
    private bool Decide(Instant at)
    {
        _effects.Clear();
        _requests.Clear();
        foreach (var request in _again)
        {
            _requests.Add(request);
            _core.Handle(request, at, _effects);
        }

        _again.Clear();
        for (var i = _requests.Count; i < BatchLimit && inbox.TryRead(out var happened); i++)
        {
            Note(happened);
            _core.Handle(happened, at, _effects);
        }

        _core.Settle(at, _effects);
        foreach (var key in publisher.TakeAnnounced()) _effects.Store(new StoreChange.SetAnnounced(key));
        try
        {
            Commit(at.Now);
            _tries = 0;
            return true;
        }
        catch (OutboxException e)
        {
            log.BatchFailed(e.Message);
            _failure = e;
            return false;
        }
    }

    private void Note(RelayEvent happened)
    {
        if (happened is RelayEvent.Request request) _requests.Add(request);
        else if (happened is RelayEvent.LinkUp up) _changed = _up[up.Link] = true;
        else if (happened is RelayEvent.LinkDown down) (_changed, _up[down.Link]) = (true, false);
    }

    private void Commit(TimeSpan now)
    {
        if (_effects.Changes.Count > 0 || (_core.HoldsRecords && now - _committed >= TimeCommitPeriod))
        {
            var began = time.GetTimestamp();
            outbox.Commit(_effects.Changes, now);
            around.Measures.Committed(time.GetElapsedTime(began));
            (_committed, _checkpointed) = (now, false);
        }
        else if (!_checkpointed && now - _committed >= IdleCheckpoint)
        {
            outbox.Checkpoint();
            _checkpointed = true;
        }
    }

    private async Task CarryOutAsync(Instant at)
    {
        foreach (var output in _effects.Outputs)
        {
            switch (output)
            {
                case Output.Completed completed:
                    ((TaskCompletionSource<SubmitOutcome>)completed.Ticket).TrySetResult(completed.Outcome);
                    if (completed.Ticket is SubmitTicket ticket) around.Measures.TakenIn(time.GetElapsedTime(ticket.Began));
                    break;
                case Output.Exported exported:
                    ((TaskCompletionSource<CourierLoad>)exported.Ticket).TrySetResult(exported.Load);
                    break;
                case Output.Imported imported:
                    ((TaskCompletionSource<CourierTaking>)imported.Ticket).TrySetResult(imported.Taking);
                    break;
                case Output.Send send:
                    if (!links[send.Link].TrySend(send.Frame)) break;
                    if (links[send.Link].Description.OnlyClear) _station.Note(links[send.Link].Description, send.Frame);
                    around.Journal.Sent(links[send.Link].Description, send.Frame, at);
                    break;
                case Output.Delivered delivered:
                    _report.Add(delivered.Envelope, delivered.Message);
                    Board.Add(delivered.Envelope, delivered.Message, seen: true);
                    around.Traces.Committed(delivered.Envelope, at);
                    around.Journal.Committed(delivered.Envelope, at);
                    if (delivered.Message is null) log.Unreadable(delivered.Envelope.Key.ToString(), delivered.Problem);
                    if (!delivered.Envelope.Announced) await publisher.DeliveredAsync(delivered.Envelope, delivered.Message, at.Now);
                    break;
                case Output.Progressed progressed:
                    _report.Progress(progressed.Key, progressed.State, progressed.Reference);
                    Board.Progress(progressed.Key, progressed.State, progressed.Reference, at.Wall);
                    around.Traces.Progressed(progressed.Key, progressed.State, at);
                    around.Journal.Progressed(progressed.Key, progressed.State, at);
                    await publisher.ProgressedAsync(progressed);
                    break;
                case Output.Renumbered renumbered:
                    _report.Rename(renumbered.Before, renumbered.Envelope, renumbered.Message);
                    Board.Rename(renumbered.Before, renumbered.Envelope, renumbered.Message);
                    break;
                case Output.Noted noted:
                    if (noted.Level == NoteLevel.Warning) log.Warn(noted.Text);
                    else log.Note(noted.Text);
                    break;
            }

            _changed |= output is not Output.Send;
        }
    }
}
