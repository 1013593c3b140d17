using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Commands;

/// <summary>The program itself, as a service manager or a person at a terminal starts and stops it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-process-");

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_node_that_is_asked_to_stop_ends_with_exit_code_0(string signal)
    {
        string[] broker = ["--set", $"broker.listen=127.0.0.1:{FreePort.Take()}"];
        using var node = Start(["run", "--data", _folder.FullName, "--set", "http.listen=off", .. broker]);
        var output = node.StandardError.ReadToEndAsync();
        try
        {
            await AnswersAsync(broker, node);
            using (var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {node.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync();
            await node.WaitForExitAsync().WaitAsync(Eventually.Limit);
        }
        finally
        {
            if (!node.HasExited) node.Kill();
        }

        Assert.True(node.ExitCode == 0, $"exit code {node.ExitCode}: {await output}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("life")]
    [InlineData("outbox.db")]
    [InlineData("outbox.db-wal")]
    [InlineData("broker")]
    public async Task A_node_that_is_asked_to_stop_while_it_starts_ends_without_a_stack_trace(string sign)
    {
        var port = FreePort.Take();
        using var node = Start(["run", "--data", _folder.FullName, "--set", "http.listen=off", "--set", $"broker.listen=127.0.0.1:{port}"]);
        var output = node.StandardError.ReadToEndAsync();
        await Eventually.TrueAsync(() => node.HasExited || Shows(sign, port), $"the node is so far that there is '{sign}'");
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {node.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync();
        await node.WaitForExitAsync().WaitAsync(Eventually.Limit);
        Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
        // Before it listens for signals at all, the system ends it: 128 + 15.
        Assert.True(node.ExitCode is 0 or 143, $"at '{sign}': exit code {node.ExitCode}: {await output}");
    }

    /// <summary>How far a node that starts has come: nothing yet, a file in its folder, or its broker's port.</summary>
    private bool Shows(string sign, int port)
    {
        if (sign is not "broker") return sign.Length == 0 || File.Exists(Path.Combine(_folder.FullName, sign));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Letters_with_accents_survive_a_locale_that_has_none()
    {
        using var encode = Start(["encode"]);
        await encode.StandardInput.WriteAsync("""{"type":"melding","text":"weeën in café ’t Oude"}""");
        encode.StandardInput.Close();
        var envelope = await encode.StandardOutput.ReadToEndAsync().WaitAsync(Eventually.Limit);
        using var decode = Start(["decode"]);
        await decode.StandardInput.WriteAsync(envelope);
        decode.StandardInput.Close();
        Assert.Contains("weeën in café ’t Oude", await decode.StandardOutput.ReadToEndAsync().WaitAsync(Eventually.Limit), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // A shell starts what it runs in the background with INT ignored, and the program would keep to that.
    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", Path.Combine(AppContext.BaseDirectory, "weerbaarheid-relay")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
            StandardOutputEncoding = new System.Text.UTF8Encoding(false),
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = _folder.FullName;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task AnswersAsync(string[] broker, Process node)
    {
        var deadline = Environment.TickCount64 + (long)Eventually.Limit.TotalMilliseconds;
        while ((await Terminal.RunAsync("", ["status", .. broker])).Code != 0)
            Assert.True(!node.HasExited && Environment.TickCount64 < deadline, "The node does not answer.");
    }
}
