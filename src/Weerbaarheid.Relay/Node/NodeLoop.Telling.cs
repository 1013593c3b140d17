using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Node;

/// <content>What the loop tells about the node as a whole, and when.</content>
internal sealed partial class NodeLoop
{
    /// <summary>Whether operators armed links is not the core's affair.</summary>
    private RelayStatus WithArming(RelayStatus status) => status with
    {
        Links = [.. status.Links.Select((link, place) => links[place] is AmateurLink amateur ? link with { Amateur = new AmateurStatus(amateur.Arming) } : link)],
    };

    private bool IsReportDue(TimeSpan now) =>
        _reported == TimeSpan.MinValue || (_changed && now - _reported >= _reportPause) || now - _reported >= ReportPeriod;

    private async Task PublishReportAsync(Instant at)
    {
        (_changed, _reported) = (false, at.Now);
        var began = time.GetTimestamp();
        var status = WithArming(_core.Status(at.Now));
        var health = outbox.Health;
        around.Journal.Observe(status, at);
        Report = _report.ToJson(status, outbox.Counts, at, health);
        var pause = time.GetElapsedTime(began) * ReportShare;
        _reportPause = pause > ReportPause ? pause : ReportPause;
        await publisher.ReportAsync(Report);
        await PublishNodeAsync(status, at, health);
    }

    /// <summary>While the store cannot be used only the node's own state is told: what it says of messages may not be true.</summary>
    private Task PublishNodeAsync(Instant at, string problem) => PublishNodeAsync(WithArming(_core.Status(at.Now)), at, outbox.Health with { Problem = problem });

    private async Task PublishNodeAsync(RelayStatus status, Instant at, StoreHealth health)
    {
        around.Measures.Read(status, health);
        Status = NodeDocument.ToJson(self, status, at, keys.IsDemonstration, health);
        Picture = new NodePicture(self, status, at, keys.IsDemonstration, health);
        await publisher.NodeAsync(Status);
    }
}
