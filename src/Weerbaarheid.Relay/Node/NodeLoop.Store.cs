using Microsoft.Extensions.Logging;
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
            if (one.Table == DamagedTable.Counters) log.LogWarning("The numbers of this site go on anew: {Reason} (last known: {Name})", one.Reason, one.Name);
            else log.LogWarning("A damaged row was put aside: {Row}", one);
        }

        if (outbox is { HasJustLost: true, LastLoss: { } loss })
        {
            log.LogWarning("The store was put aside: {Reason}. It lies in {Folder}; {Salvaged} envelopes were read out of it, {Unreadable} rows were not whole. A new one is in use.",
                loss.Reason, loss.Folder, loss.Salvaged, loss.Unreadable);
        }

        if (outbox.IsTight) log.LogWarning("The disk or the store is full: the ballast is given away and only priority 1 is taken in. Make room on the disk.");
        if (lives.Remark is { } remark && remark != _lifeRemark) log.LogWarning("{Remark}", remark);
        _lifeRemark = lives.Remark;
    }

    private void LookForRoom(Instant at)
    {
        _roomDue = at.Now + RoomPeriod;
        try
        {
            if (!outbox.TryLoosen()) return;
            log.LogWarning("There is room on the disk again: everything is taken in");
            _core.Handle(new RelayEvent.Room(false), at, _effects);
            _changed = true;
        }
        catch (OutboxException e)
        {
            // The next commit meets the same, and recovers.
            log.LogError("The store failed: {Reason}", e.Message);
        }
    }

    /// <summary>After a failed commit nothing in memory is believed: the core is made anew from the store.</summary>
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                LoadCore();
                break;
            }
            catch (OutboxException e)
            {
                log.LogError("The store cannot be read yet: {Reason}", e.Message);
                foreach (var submit in _again) Refuse(submit, e);
                _again.Clear();
                await PublishNodeAsync(_clock.Now, e.Message);
                await RefuseMeanwhileAsync(e, cancellationToken);
            }
        }

        _effects.Clear();
        for (var link = 0; link < _up.Length; link++)
            if (_up[link]) _core.Handle(new RelayEvent.LinkUp(link), _clock.Now, _effects);
        _changed = true;
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
