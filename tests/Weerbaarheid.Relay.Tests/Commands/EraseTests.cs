using System.Text;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Commands;

/// <summary>What <c>forget</c> and <c>erase</c> say and do, on a node that runs and on one that does not.</summary>
public sealed class EraseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-forget-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Forgetting_takes_what_was_said_later_and_tells_of_released_reports_whether_the_node_runs_or_not()
    {
        await using var node = await new NodeProcess("meldkamer", _folder.FullName, up: null).StartAsync();
        await using (var client = await MqttProbe.ConnectAsync(new Uri($"mqtt://127.0.0.1:{node.BrokerPort}")))
        {
            Task HandInAsync(string type, string json) => client.PublishAsync($"weerbaarheid/v1/in/{type}", Encoding.UTF8.GetBytes(json));
            await HandInAsync("melding", """{"text":"een"}""");
            await HandInAsync("melding", """{"text":"twee"}""");
            await HandInAsync("amend", """{"for":"1-1","kind":"aanvulling","text":"bij een"}""");
            await HandInAsync("amend", """{"for":"1-2","kind":"aanvulling","text":"bij twee"}""");
            await HandInAsync("amend", """{"for":"1-2","kind":"correctie","text":"nog een bij twee"}""");
        }

        var running = await RelayProgram.RunAsync(["forget", "1-1", .. node.Options]);
        Assert.Equal((0, true), (running.ExitCode, running.Out.Contains("is ook gewist: 1.", StringComparison.Ordinal)));
        Assert.DoesNotContain("situatierapporten", running.Out, StringComparison.Ordinal);
        await node.TerminateAsync();

        var data = Path.GetDirectoryName(Directory.GetFiles(_folder.FullName, "outbox.db", SearchOption.AllDirectories).Single())!;
        new SitrapArchive(data).Release("twee op zolder", "J.", "a", DateTimeOffset.UtcNow.AddDays(-9), TimeSpan.Zero);
        var stopped = await RelayProgram.RunAsync(["forget", "1-2", .. node.Options]);
        Assert.Equal((0, true), (stopped.ExitCode, stopped.Out.Contains("is ook gewist: 2.", StringComparison.Ordinal)));
        Assert.Contains("1 vrijgegeven situatierapporten (map sitraps)", stopped.Out, StringComparison.Ordinal);
        var old = await RelayProgram.RunAsync(["erase", "--older-than", "7", .. node.Options]);
        Assert.Contains("1 vrijgegeven situatierapporten", old.Out, StringComparison.Ordinal);
        Assert.Empty(new SitrapArchive(data).All());
    }
}
