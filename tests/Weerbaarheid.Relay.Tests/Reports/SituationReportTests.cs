using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Reports;

public sealed class SituationReportTests
{
    [Fact]
    public void A_message_that_goes_on_under_another_id_is_in_the_report_once_and_under_that_id()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        var site = net.Add(11, Role.Noodsteunpunt);
        net.Join("ip", 1_000_000, 11, 1);
        net.Start();
        net.Submit(11, TestNet.Melding(text: "een"));
        net.Run(TimeSpan.FromMinutes(1));
        var copy = site.CopyDisk();
        net.Submit(11, TestNet.Melding(text: "na de kopie"));
        net.Run(TimeSpan.FromMinutes(1));
        net.Cut("ip");
        site.PutBack(copy);
        net.Restart(11);
        var report = new SituationReport(site.Site);
        site.Delivered.Clear();
        net.Submit(11, TestNet.Melding(text: "na het terugzetten"));
        foreach (var one in site.Delivered) report.Add(one.Envelope, one.Message);
        Assert.Equal(["11-2"], Ids(report, site, net.Now));

        net.Restore("ip");
        net.Run(TimeSpan.FromMinutes(1));
        foreach (var one in site.Renumbered) report.Rename(one.Before, one.Envelope, one.Message);
        Assert.Equal(["11-1.1"], Ids(report, site, net.Now));
    }

    private static List<string?> Ids(SituationReport report, TestNode site, TimeSpan now)
    {
        var at = new Instant(now, DateTimeOffset.UnixEpoch.AddYears(57), true);
        using var json = JsonDocument.Parse(report.ToJson(site.Core.Status(now), new Dictionary<EnvelopeGroup, int>(), at, new StoreHealth(0, 0, 0, false, null, null)));
        return [.. json.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString())];
    }
}
