using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Architecture;
using Weerbaarheid.Relay.Tests.Broker;
using Weerbaarheid.Relay.Tests.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Tls;

/// <summary>samples/tls/README.md, run as it stands there.</summary>
public sealed partial class RecipeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-recipe-");
    private readonly int _port = FreePort.Take();

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Sites_exchange_frames_over_mosquitto_and_keep_to_their_own_topics()
    {
        var program = RequiredProgram.Check("mosquitto");
        await CookAsync();
        // Started by root it would change to the user "mosquitto", who cannot read the files of a test.
        await File.AppendAllTextAsync(In("mosquitto.conf"), $"user {Environment.UserName}\n");
        using var mosquitto = Process.Start(new ProcessStartInfo(program, ["-c", In("mosquitto.conf")]) { RedirectStandardError = true })!;
        var log = mosquitto.StandardError.ReadToEndAsync();
        try
        {
            await Eventually.TrueAsync(() => mosquitto.HasExited || Answers(), "mosquitto listens");
            Assert.False(mosquitto.HasExited, mosquitto.HasExited ? await log : "");
            await ExchangeAsync();

            // The frames of 21 are not for whoever holds the certificate of 11.
            await using var nosy = await RunningLink.UpAsync(Link(21, "11"));
            await using var other = await RunningLink.UpAsync(Link(21, "21"));
            Assert.True(other.Send(21, 1) && other.Send(null, 2));
            Assert.Equal([2], await nosy.ReceivedAsync());
        }
        finally
        {
            mosquitto.Kill();
            await mosquitto.WaitForExitAsync();
        }
    }

    [SkippableFact]
    public async Task Sites_exchange_frames_over_the_relays_own_broker_and_an_application_hands_messages_in()
    {
        await CookAsync();
        var tls = new BrokerTls(new IPEndPoint(IPAddress.Loopback, _port), In("broker.crt"), In("broker.key"), In("ca.crt"));
        await using var bench = await Bench.StartAsync(options: Bench.Options with { Site = 1, Tls = tls });
        await ExchangeAsync();

        var publish = RequiredProgram.Check("mosquitto_pub");
        string[] dashboard = ["-h", "localhost", "-p", $"{_port}", "--cafile", In("ca.crt"), "--cert", In("dashboard.crt"), "--key", In("dashboard.key"), "-V", "mqttv5", "-q", "1"];
        Assert.Equal(0, await ExitAsync(publish, [.. dashboard, "-t", "weerbaarheid/v1/in/melding", "-m", """{"text":"brand"}"""]));
        Assert.Equal("brand", ((Wire.Messages.Melding)(await bench.NextSubmittedAsync()).Submission.Message).Text);
        await bench.Broker.PublishAsync("weerbaarheid/v1/report", "{}"u8.ToArray(), retain: true, "application/json");
        Assert.Equal(0, await ExitAsync(RequiredProgram.Check("mosquitto_sub"), [.. dashboard, "-t", "weerbaarheid/v1/report", "-C", "1", "-W", "20"]));
    }

    [SkippableFact]
    public async Task The_configurations_in_the_recipe_are_right()
    {
        await CookAsync();
        var recipe = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "samples", "tls", "README.md"));
        var (link, broker) = JsonBlock().Matches(recipe).Select(match => match.Groups[1].Value).ToList() is [var one, var two] ? (one, two) : ("", "");
        await File.WriteAllTextAsync(In("relay.json"), $$"""{ "site": { "id": 11, "role": "noodsteunpunt" }, {{broker}}, "links": [ {{link}} ], "keys": { "demonstration": true } }""");
        var result = ConfigurationLoader.Load(new ConfigurationRequest(In("relay.json"), null, [], new Dictionary<string, string> { ["HOME"] = "/home/vrijwilliger" }));
        Assert.Equal("", string.Join('\n', result.Errors));
        Assert.Equal(new TlsListenConfiguration(new IPEndPoint(IPAddress.Any, 8883), In("broker.crt"), In("broker.key"), In("ca.crt")), result.Configuration!.BrokerTls);
        var options = Assert.IsType<MqttLinkOptions>(Assert.Single(result.Configuration.Links));
        Assert.Equal((In("ca.crt"), In("11.crt"), In("11.key"), 8883), (options.CaFile, options.CertificateFile, options.KeyFile, options.Port));
    }

    private async Task ExchangeAsync()
    {
        await using var eleven = await RunningLink.UpAsync(Link(11, "11"));
        await using var other = await RunningLink.UpAsync(Link(21, "21"));
        Assert.True(eleven.Send(21, 1, 2, 3));
        Assert.Equal([1, 2, 3], await other.ReceivedAsync());
        Assert.True(other.Send(null, 4));
        Assert.Equal([4], await eleven.ReceivedAsync());

        await using var without = new RunningLink(Link(12, null));
        Assert.Contains("the broker may ask for a certificate, and certificateFile is not set", (await without.Events.NextAsync<LinkEvent.Down>()).Reason, StringComparison.Ordinal);
    }

    private MqttLinkOptions Link(ushort site, string? certificate) => RunningLink.Options(new Uri($"mqtts://localhost:{_port}"), site, "5") with
    {
        CaFile = In("ca.crt"),
        CertificateFile = certificate is null ? null : In($"{certificate}.crt"),
        KeyFile = certificate is null ? null : In($"{certificate}.key"),
    };

    /// <summary>Every block of shell in the recipe, in one shell that stops at the first failure.</summary>
    private async Task CookAsync()
    {
        RequiredProgram.Check("openssl");
        var recipe = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "samples", "tls", "README.md"));
        var blocks = ShellBlock().Matches(recipe).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(4, blocks.Count);
        var start = new ProcessStartInfo("/bin/sh", ["-eu", "-c", string.Join('\n', blocks)]) { WorkingDirectory = _folder.FullName, RedirectStandardError = true, RedirectStandardOutput = true };
        (start.Environment["host"], start.Environment["port"]) = ("localhost", _port.ToString(CultureInfo.InvariantCulture));
        using var shell = Process.Start(start)!;
        var (said, complaints) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync().WaitAsync(Eventually.Limit);
        Assert.True(shell.ExitCode == 0, await complaints);
        Assert.Contains("dashboard.crt: OK", await said, StringComparison.Ordinal);
    }

    private static async Task<int> ExitAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Eventually.Limit);
        return process.ExitCode;
    }

    private bool Answers()
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
