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

    [Fact]
    public void A_status_of_an_exercise_stands_beside_the_real_one_also_after_a_restart()
    {
        var net = new TestNet();
        var desk = net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("ip", 1_000_000, 11, 1);
        net.Start();
        net.Submit(11, new Status { Priority = 3, State = SiteState.Open, Present = 5 });
        net.Submit(11, new Status { Priority = 3, State = SiteState.Vol, Present = 200, Exercise = Exercise.Oefening });
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(("open", "vol"), Told(desk, net.Now, desk.Delivered.Select(one => (one.Envelope, one.Message))));

        net.Restart(1);
        Assert.Equal(("open", "vol"), Told(desk, net.Now, desk.Disk.Envelopes.Select(one => (one, StoredMessages.Open(desk.Keys, one)))));
    }

    private static (string?, string?) Told(TestNode desk, TimeSpan now, IEnumerable<(StoredEnvelope Envelope, Message? Message)> messages)
    {
        var report = new SituationReport(desk.Site);
        foreach (var one in messages) report.Add(one.Envelope, one.Message);
        var at = new Instant(now, DateTimeOffset.UnixEpoch.AddYears(57), true);
        using var json = JsonDocument.Parse(report.ToJson(desk.Core.Status(now), new Dictionary<EnvelopeGroup, int>(), at, new StoreHealth(0, 0, 0, false, null, null)));
        var site = json.RootElement.GetProperty("sites").EnumerateArray().Single(one => one.GetProperty("site").GetInt32() == 11);
        return (site.GetProperty("status").GetProperty("state").GetString(), site.GetProperty("exerciseStatus").GetProperty("state").GetString());
    }
}
