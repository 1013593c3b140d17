using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <content>What the loop deletes because it must not be kept: by order of a person, and by age once an hour. A slice between two batches.</content>
internal sealed partial class NodeLoop
{
    private static readonly TimeSpan RetentionPeriod = TimeSpan.FromHours(1);

    private Erasing? _erasing;
    private TimeSpan _retentionDue;

    private bool IsErasureDue(TimeSpan now) =>
        _erasing is not null || around.Erasures.TryPeek(out _) || (around.RetentionDays is not null && now >= _retentionDue);

    private void Erase(Instant at)
    {
        if (_erasing is null) BeginErasure(at);
        if (_erasing is not { } erasing) return;
        try
        {
            if (!erasing.Advance(outbox, Forget)) return;
            var stores = erasing.Order is { Quarantine: true } ? outbox.EraseQuarantine() : 0;
            // The log may still hold what is gone from the database.
            outbox.Checkpoint();
            _checkpointed = true;
            var papers = erasing.IsByAge ? around.Papers.Erase(erasing.Cut) : 0;
            EndErasure(erasing.Report(stores, outbox.BrokenStores) with { Papers = papers, PapersLeft = around.Papers.Count });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.StoreFailed(e.Message);
            EndErasure(erasing.Report(0, outbox.BrokenStores) with { Problem = $"Een vrijgegeven situatierapport kan niet worden gewist: {e.Message}" });
        }
        catch (OutboxException e)
        {
            // The next commit meets the same, and recovers.
            log.StoreFailed(e.Message);
            EndErasure(erasing.Report(0, 0) with { Problem = e.Message });
        }
    }

    private void BeginErasure(Instant at)
    {
        if (around.Erasures.TryRead(out var order))
        {
            var age = order.OlderThan ?? TimeSpan.Zero;
            _erasing = new Erasing(order, new ErasureCut(at.Now - age, at.Wall - age), keys);
        }
        else if (around.RetentionDays is { } days)
        {
            _retentionDue = at.Now + RetentionPeriod;
            _erasing = new Erasing(null, new ErasureCut(at.Now - TimeSpan.FromDays(days), null), keys);
        }
    }

    private void EndErasure(ErasureReport report)
    {
        if (_erasing!.Order is { } order)
        {
            log.ErasedByOrder(report.Erased, report.Stores, report.Kept);
            order.Ticket.TrySetResult(report);
        }
        else if (report.Erased > 0)
        {
            log.RetentionTook(report.Erased, around.RetentionDays ?? 0);
        }

        _erasing = null;
        _changed = true;
    }

    /// <summary>Nor may it stand on a page, in the report or in a receipt until the next start.</summary>
    private void Forget(EnvelopeKey key)
    {
        Board.Remove(key);
        _report.Remove(key);
        _core.Forget(key);
    }
}
