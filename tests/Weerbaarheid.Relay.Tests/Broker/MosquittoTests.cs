using System.ComponentModel;
using System.Diagnostics;
using MQTTnet;
using Weerbaarheid.Relay.Broker;

namespace Weerbaarheid.Relay.Tests.Broker;

/// <summary>What people have at hand: the stock command line clients of Debian, as they come.</summary>
public sealed class MosquittoTests
{
    private const string Topic = "weerbaarheid/v1/in/melding";

    [SkippableTheory]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task Mosquitto_pub_without_a_client_id_hands_a_message_in(string version, int quality)
    {
        await using var bench = await Bench.StartAsync();
        var (exit, output) = await RunAsync("mosquitto_pub", [.. To(bench), "-V", version, "-q", $"{quality}", "-t", Topic, "-m", """{"type":"melding","text":"stock"}"""]);
        Assert.True(exit == 0, output);
        Assert.Equal("stock", ((Wire.Messages.Melding)(await bench.NextSubmittedAsync()).Submission.Message).Text);
    }

    [SkippableFact]
    public async Task Mosquitto_pub_of_version_5_says_why_an_invalid_message_was_refused()
    {
        await using var bench = await Bench.StartAsync();
        var (_, output) = await RunAsync("mosquitto_pub", [.. To(bench), "-V", "mqttv5", "-q", "1", "-t", Topic, "-m", """{"type":"melding"}"""]);
        Assert.Contains("Payload format invalid", output);
        Assert.Contains("text", output); // The sentence of the parser.
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mosquitto_pub_of_version_311_fails_on_an_invalid_message_which_shows_among_the_rejected(int quality)
    {
        await using var bench = await Bench.StartAsync();
        var heard = await bench.ListenAsync(Topics.Rejected);
        var (exit, output) = await RunAsync("mosquitto_pub", [.. To(bench), "-q", $"{quality}", "-t", Topic, "-m", """{"type":"melding"}"""]);
        Assert.NotEqual(0, exit);
        Assert.Contains("connection was lost", output);
        Assert.Contains("invalid", (await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
        Assert.Equal(0, bench.Waiting);
    }

    [SkippableTheory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_pub_fails_on_a_payload_of_a_megabyte_when_the_limit_is_not_announced(string version)
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { AnnounceMaxPacketBytes = false });
        var heard = await bench.ListenAsync(Topics.Rejected);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, new byte[1_000_000]);
            var (exit, _) = await RunAsync("mosquitto_pub", [.. To(bench), "-V", version, "-q", "1", "-t", Topic, "-f", file]);
            Assert.NotEqual(0, exit);
            Assert.Contains("tooLarge", (await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [SkippableTheory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_sub_hears_what_is_published(string version)
    {
        await using var bench = await Bench.StartAsync();
        await bench.Broker.PublishAsync("weerbaarheid/v1/report", "{}"u8.ToArray(), retain: true, "application/json");
        var (exit, output) = await RunAsync("mosquitto_sub", [.. To(bench), "-V", version, "-q", "1", "-t", "weerbaarheid/v1/#", "-C", "1", "-W", "20"]);
        Assert.True(exit == 0, output);
        Assert.Equal("{}", output.Trim());
    }

    private static string[] To(Bench bench) => ["-h", "127.0.0.1", "-p", $"{bench.Broker.Endpoint.Port}"];

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            throw new SkipException($"{program} is not installed.");
        }

        using var limit = new CancellationTokenSource(Bench.Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (process.ExitCode, await process.StandardOutput.ReadToEndAsync(CancellationToken.None) + await process.StandardError.ReadToEndAsync(CancellationToken.None));
    }
}
