using System.Diagnostics;
using System.Globalization;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>A node as people run it: the program of this build in a process of its own, with a store on disk and demonstration keys.</summary>
/// <param name="site">Its number.</param>
/// <param name="role">Its role.</param>
/// <param name="queue">Most messages that it holds.</param>
/// <param name="upTo">The port of the broker of the next node; null for none.</param>
internal sealed class RelayNodeProcess(int site, string role, int queue, int? upTo = null) : Server("node")
{
    protected override ProcessStartInfo Describe()
    {
        var up = upTo is { } port ? string.Create(CultureInfo.InvariantCulture, $$"""{ "name": "up", "type": "mqtt", "uri": "mqtt://127.0.0.1:{{port}}" }""") : "";
        var file = Path.Combine(Folder, "relay.json");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $$"""
            { "site": { "id": {{site}}, "role": "{{role}}" }, "broker": { "listen": "127.0.0.1:{{Port}}" }, "http": { "listen": "off" },
              "links": [{{up}}], "keys": { "demonstration": true }, "queue": { "messages": {{queue}} }, "data": "data" }
            """));
        return new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "weerbaarheid-relay.dll"), "run", "--config", file]);
    }
}
