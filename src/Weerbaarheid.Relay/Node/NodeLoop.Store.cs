using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <content>What the loop does when the store is not as it should be: damaged, full, or failing.</content>
internal sealed partial class NodeLoop
{
    /// <summary>What a technician must know of the store that was just read.</summary>
    private void Tell()
    {
        foreach (var one in outbox.Quarantined)
        {
            if (one.Table == DamagedTable.Counters) log.NumbersAnew(one.Reason, one.Name);
            // A reference is a client's own words.
            else log.RowPutAside(one.Table.ToString(), one.Table == DamagedTable.Reference ? "" : one.Name, one.Reason);
        }

        if (outbox is { HasJustLost: true, LastLoss: { } loss })
        {
            log.StorePutAside(loss.Reason, loss.Folder, loss.Salvaged, loss.Unreadable);
        }

        if (outbox.IsTight) log.StoreFull();
        if (lives.Remark is { } remark && remark != _lifeRemark) log.LifeRemark(remark);
        _lifeRemark = lives.Remark;
    }

    private void LookForRoom(Instant at)
    {
        _roomDue = at.Now + RoomPeriod;
        try
        {
            if (!outbox.TryLoosen()) return;
            log.RoomAgain();
            _core.Handle(new RelayEvent.Room(false), at, _effects);
            _changed = true;
        }
        catch (OutboxException e)
        {
            // The next commit meets the same, and recovers.
            log.StoreFailed(e.Message);
        }
    }

    /// <summary>After a failed commit nothing in memory is believed: the core is made anew from the store.</summary>
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var (failure, batch) = (_failure!, new FailedBatch(_effects));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                Answer(failure, batch, LoadCore());
                break;
            }
            catch (OutboxException e)
            {
                log.StoreUnreadable(e.Message);
                // Whoever may have been taken in waits until that is known: no answer is better than a wrong one.
                if (!failure.MayHold)
                {
                    foreach (var request in _requests) Refuse(request, e);
                    _requests.Clear();
                }

                await PublishNodeAsync(_clock.Now, e.Message);
                await RefuseMeanwhileAsync(e, cancellationToken);
            }
        }

        _effects.Clear();
        for (var link = 0; link < _up.Length; link++)
            if (_up[link]) _core.Handle(new RelayEvent.LinkUp(link), _clock.Now, _effects);
        _changed = true;
    }

    /// <summary>What of the failed batch stands in the store was taken in, and all else was not.</summary>
    private void Answer(OutboxException failure, FailedBatch batch, Snapshot read)
    {
        var holding = batch.Holding(read);
        // What is urgent must not be refused for room that a load can make.
        var isTriedAgain = failure.Failure == OutboxFailure.Full && ++_tries < FullTries;
        foreach (var request in _requests)
        {
            if (request.Ticket is TaskCompletionSource<SubmitOutcome> submission && holding.TryGetValue(submission, out var outcome)) submission.TrySetResult(outcome);
            else if (isTriedAgain) _again.Add(request);
            else Refuse(request, failure);
        }

        _requests.Clear();
        // Taken in with the batch, and never told to the applications.
        _unsaid = [.. read.Envelopes.Where(stored => stored is { Delivered: true, Announced: false })];
        _unsaidDue = _clock.Now.Now;
    }

    /// <summary>Waits before the store is tried again, and goes on answering clients, so that they can tell people.</summary>
    private async Task RefuseMeanwhileAsync(OutboxException problem, CancellationToken cancellationToken)
    {
        await Task.Delay(StorePause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (inbox.TryRead(out var happened))
        {
            Note(happened);
            if (happened is RelayEvent.Request request) Refuse(request, problem);
        }
    }

    private static void Refuse(RelayEvent.Request request, OutboxException problem)
    {
        var isFull = problem.Failure == OutboxFailure.Full;
        switch (request.Ticket)
        {
            case TaskCompletionSource<CourierLoad> export:
                export.TrySetResult(CourierLoad.Refused(CourierProblem(isFull)));
                break;
            case TaskCompletionSource<CourierTaking> import:
                import.TrySetResult(CourierTaking.NotTaken(CourierProblem(isFull)));
                break;
            case TaskCompletionSource<SubmitOutcome> submission:
                submission.TrySetResult(problem.Failure switch
                {
                    OutboxFailure.Full => SubmitOutcome.Refused(Refusal.Full, "The disk or the store is full; the message was not taken in. Make room, or try again later."),
                    OutboxFailure.ReadOnly => SubmitOutcome.Refused(Refusal.StoreFailed, "The disk is read-only; the message was not taken in. Try again later, and check the disk."),
                    _ => SubmitOutcome.Refused(Refusal.StoreFailed, "The message could not be written to disk and was not taken in; try again, and check the disk."),
                });
                break;
        }
    }

    private static string CourierProblem(bool isFull) => isFull
        ? "De schijf van dit punt is vol. Maak ruimte en probeer het opnieuw." : "De schijf van dit punt doet het niet. Probeer het opnieuw, en controleer de schijf.";
}
