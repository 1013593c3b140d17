using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Tests.Architecture;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Broker.Conformance;

/// <summary>The conformance suite: Python with Debian's paho, and mosquitto's clients.</summary>
internal static class Suite
{
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Skips the test, naming what is absent; fails instead where <c>CI=true</c>.</summary>
    internal static void Require()
    {
        RequiredProgram.Check("mosquitto_pub");
        RequiredProgram.Check("mosquitto_rr");
        var absent = !File.Exists("/usr/lib/python3/dist-packages/paho/mqtt/client.py");
        if (absent && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("Debian's python3-paho-mqtt is missing, and CI must have it.");
        Skip.If(absent, "Debian's python3-paho-mqtt is not installed.");
    }

    /// <summary>What went wrong in each case against the broker on a port; empty where nothing did.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> RunAsync(int port)
    {
        var lines = await StartAsync(port.ToString(CultureInfo.InvariantCulture));
        return lines.Select(line => line.Split('\t')).ToDictionary(cells => cells[1], cells => cells[0] == "ok" ? "" : cells[2], StringComparer.Ordinal);
    }

    /// <summary>Each case with its meaning and its client, separated by tabs.</summary>
    internal static Task<IReadOnlyList<string>> ListAsync() => StartAsync("--list");

    private static async Task<IReadOnlyList<string>> StartAsync(string argument)
    {
        var script = Path.Combine(SourceTree.Root, "tests/Weerbaarheid.Relay.Tests/Broker/Conformance/conformance.py");
        // -B: nothing is written beside the sources.
        using var process = Process.Start(new ProcessStartInfo(Python, ["-B", script, argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The conformance suite did not end within {Limit}; so far:\n{await output}");
        }

        Assert.True(process.ExitCode == 0, await complaints);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
