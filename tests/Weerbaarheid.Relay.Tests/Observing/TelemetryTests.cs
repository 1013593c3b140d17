using System.Diagnostics;
using System.Net;
using System.Text;
using Weerbaarheid.Relay.Observing;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Pages;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Observing;

public sealed class TelemetryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-observe-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Takes what a collector is sent.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly List<(string Path, byte[] Body)> _taken = [];

        internal Collector()
        {
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            _listener.Start();
            _ = TakeAsync();
        }

        internal int Port { get; } = FreePort.Take();

        internal IReadOnlyList<(string Path, byte[] Body)> Taken
        {
            get { lock (_taken) return [.. _taken]; }
        }

        internal bool Has(string path, string text) => Taken.Any(one => one.Path == path && one.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

        public void Dispose() => _listener.Close();

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    lock (_taken) _taken.Add((context.Request.Url!.AbsolutePath, body.ToArray()));
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // Closed.
            }
        }
    }

    [Fact]
    public async Task Metrics_are_served_to_this_machine_and_tell_the_truth()
    {
        await using var node = await new NodeProcess("noodsteunpunt", _folder.FullName, up: null).StartAsync();
        await RelayProgram.RunAsync(["send", "melding", "--priority", "2", "--text", "kwispelzin", .. node.Options]);
        await node.StatusSaysAsync(status => status.GetProperty("queue").GetProperty("total").GetInt32() == 1, "that it waits");
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{node.HttpPort}/metrics"));
        Assert.Matches("""(?m)^relay_queue_messages\{[^}]*relay_priority="2"[^}]*\} 1( |$)""", text);
        Assert.Matches("""(?m)^relay_queue_messages\{[^}]*relay_priority="1"[^}]*\} 0( |$)""", text);
        Assert.Matches("""(?m)^relay_messages_total\{[^}]*relay_outcome="accepted"[^}]*\} 1( |$)""", text);
        Assert.Matches("""(?m)^relay_store_healthy[^ ]* 1( |$)""", text);
        Assert.Matches("""(?m)^relay_way_up[^ ]* 0( |$)""", text);
        Assert.Matches("""(?m)^relay_intake_duration_seconds_count\{[^}]*\} 1( |$)""", text);
        Assert.Matches("""(?m)^relay_commit_duration_seconds_count\{[^}]*\} [1-9]""", text);
        Assert.DoesNotContain("kwispel", text, StringComparison.Ordinal);
        using var post = await http.PostAsync(new Uri($"http://127.0.0.1:{node.HttpPort}/metrics"), null);
        Assert.NotEqual(HttpStatusCode.OK, post.StatusCode);
    }

    [Fact]
    public async Task A_collector_gets_metrics_and_traces_without_words_and_only_when_it_is_configured()
    {
        using var collector = new Collector();
        await using var desk = await new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "desk"), up: null).StartAsync();
        await using var leek = new NodeProcess("noodsteunpunt", Path.Combine(_folder.FullName, "leek"), new Uri($"mqtt://127.0.0.1:{desk.BrokerPort}"), "links.0.peers.0=1", $"telemetry.otlp=http://127.0.0.1:{collector.Port}")
        {
            Surroundings = new Dictionary<string, string> { ["OTEL_METRIC_EXPORT_INTERVAL"] = "500", ["OTEL_BSP_SCHEDULE_DELAY"] = "200" },
        };
        await leek.StartAsync();
        var sent = await RelayProgram.RunAsync(["send", "melding", "--priority", "1", "--text", "kwispelzin", "--wait", "ontvangen", .. leek.Options]);
        Assert.True(sent.ExitCode == 0, sent.Error + leek.Log);
        await Eventually.TrueAsync(() => collector.Has("/v1/traces", "relay.record") && collector.Has("/v1/metrics", "relay.queue.messages"), () => leek.Log);
        Assert.True(collector.Has("/v1/traces", "11-1"));
        Assert.True(collector.Has("/v1/traces", "ontvangen"));
        Assert.True(collector.Has("/v1/traces", "noodsteunpunt") || collector.Has("/v1/traces", "weerbaarheid-relay"));
        Assert.False(collector.Has("/v1/traces", "kwispel") || collector.Has("/v1/metrics", "kwispel"));
        var trace = Convert.FromHexString(RecordTraces.TraceOf(new EnvelopeKey(11, Series.Records, 1)).ToHexString());
        Assert.Contains(collector.Taken, one => one.Path == "/v1/traces" && one.Body.AsSpan().IndexOf(trace) >= 0);
        // The meldkamer has no collector configured, and said nothing to anybody.
        Assert.DoesNotContain(collector.Taken, one => Encoding.UTF8.GetString(one.Body).Contains("relay.record.arrived", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_whose_store_fails_is_alive_and_not_ready_and_one_that_stopped_is_neither()
    {
        var site = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        var (data, elsewhere) = (Path.Combine(_folder.FullName, "data"), Path.Combine(_folder.FullName, "elsewhere"));
        await using var node = await new TestNode(site, data).StartAsync();
        await using var pages = await PageBench.StartAsync(node, site);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await HealthAsync(pages));

        // The disk with the store is pulled out, and what lies in its place takes no store.
        Directory.Move(data, elsewhere);
        await File.WriteAllTextAsync(data, "");
        Assert.Equal(Refusal.StoreFailed, (await node.SubmitAsync("melding", """{"text":"Lukt niet"}""")).Refusal);
        await UntilAsync(pages, (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable));
        File.Delete(data);
        Directory.Move(elsewhere, data);
        await UntilAsync(pages, (HttpStatusCode.OK, HttpStatusCode.OK));
        Assert.Equal(Refusal.None, (await node.SubmitAsync("melding", """{"text":"Lukt weer"}""")).Refusal);

        await node.Node.DisposeAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), await HealthAsync(pages));
    }

    [Fact]
    public async Task A_node_that_is_not_started_yet_is_alive_and_not_ready()
    {
        var site = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        var settings = new Weerbaarheid.Relay.Node.NodeSettings(site, KeyRing.Demonstration(), _folder.FullName, null, [], RelayRules.Default);
        await using var node = new Weerbaarheid.Relay.Node.RelayNode(settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        Assert.Equal((true, false), (node.IsAlive, node.IsReady));
        await node.StartAsync();
        Assert.Equal((true, true), (node.IsAlive, node.IsReady));
    }

    private static Task<(HttpStatusCode, HttpStatusCode)> UntilAsync(PageBench pages, (HttpStatusCode, HttpStatusCode) health) =>
        Eventually.SeesAsync(() => HealthAsync(pages), seen => seen == health, seen => $"the health is {health}; it is {seen}");

    private static async Task<(HttpStatusCode Alive, HttpStatusCode Ready)> HealthAsync(PageBench pages) =>
        ((await pages.Http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode, (await pages.Http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
}
