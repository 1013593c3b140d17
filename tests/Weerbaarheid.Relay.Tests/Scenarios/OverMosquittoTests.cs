using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Three node processes made from the samples, joined by a real Mosquitto.</summary>
[Collection("alone")]
public sealed class OverMosquittoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task A_thousand_meldingen_arrive_once_and_in_order_while_the_broker_between_stops_and_dies()
    {
        await using var mosquitto = await MosquittoBroker.StartAsync();
        await using var meldkamer = await Node("meldkamer", mosquitto.Uri).StartAsync();
        await using var punt = await Node("coordinatiepunt", mosquitto.Uri).StartAsync();
        await using var steunpunt = await Node("noodsteunpunt", mosquitto.Uri).StartAsync();
        await using var delivered = await HeardDocuments.ConnectAsync(meldkamer.BrokerPort, "weerbaarheid/v1/out/11/melding");
        await using var receipts = await HeardDocuments.ConnectAsync(steunpunt.BrokerPort, "weerbaarheid/v1/receipt/11/#");
        await steunpunt.StatusSaysAsync(HasWayUp, "that there is a way up");

        var payloads = Meldingen.Make(1_000);
        var ids = await Meldingen.HandInAsync(steunpunt, payloads[..300]);
        await mosquitto.StopAsync();
        ids.AddRange(await Meldingen.HandInAsync(steunpunt, payloads[300..500]));
        await mosquitto.StartAsync();
        await Eventually.TrueAsync(() => delivered.Count > 300, () => $"after the first outage {delivered.Count} came\n{steunpunt.Log}");
        var rest = Meldingen.HandInAsync(steunpunt, payloads[500..], inFlight: 8);
        await mosquitto.KillAsync();
        ids.AddRange(await rest);
        await mosquitto.StartAsync();

        await Eventually.TrueAsync(() => Received(receipts).Distinct().Count() == 1_000, () => $"{Received(receipts).Distinct().Count()} receipts, {delivered.Count} delivered\n{steunpunt.Log}\n{punt.Log}\n{meldkamer.Log}");
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => $"11-{i}"), ids);
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => (long)i), delivered.Sequences());
        Assert.Equal(1_000, Received(receipts).Count);
        await punt.StatusSaysAsync(IsQueueEmpty, "that its queue is empty");
        await steunpunt.StatusSaysAsync(IsQueueEmpty, "that its queue is empty");
        await steunpunt.StatusSaysAsync(status => status.GetProperty("counts").GetProperty("received").GetInt32() == 1_000, "1,000 received");
        await meldkamer.ReportSaysAsync(report => Total(report) == 1_000 && report.GetProperty("missing").GetInt32() == 0, "1,000 and nothing missing");
        await steunpunt.ReportSaysAsync(report => report.GetProperty("byState").TryGetProperty("ontvangen", out var count) && count.GetInt32() == 1_000, "1,000 received");
        await punt.ReportSaysAsync(report => Total(report) == 1_000, "that all 1,000 passed");
    }

    private static List<long> Received(HeardDocuments receipts) => receipts.Sequences(one => one.GetProperty("state").GetString() == "ontvangen");

    private static bool HasWayUp(JsonElement status) => status.GetProperty("wayUp").ValueKind == JsonValueKind.String;

    private static bool IsQueueEmpty(JsonElement status) => status.GetProperty("queue").GetProperty("total").GetInt32() == 0;

    private static int Total(JsonElement report) => report.GetProperty("total").GetInt32();

    private NodeProcess Node(string sample, Uri up) => new(sample, Path.Combine(_folder.FullName, sample), up);
}
