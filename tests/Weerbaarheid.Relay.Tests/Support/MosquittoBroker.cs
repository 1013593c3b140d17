using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A real mosquitto on a free port of 127.0.0.1, with its files in a folder of its own.</summary>
internal sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly string _program;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mosquitto-");
    private Process? _process;

    private MosquittoBroker(string program, string? tls, int port)
    {
        _program = program;
        Port = port == 0 ? FreePort.Take() : port;
        TlsPort = tls is null ? 0 : FreePort.Take();
        var lines = new List<string>
        {
            // Started by root it would change to the user "mosquitto", who cannot read a temporary folder of root's.
            $"user {Environment.UserName}",
            "allow_anonymous true", "persistence true", $"persistence_location {_folder.FullName}/",
            "max_queued_messages 10000", $"listener {Port.ToString(CultureInfo.InvariantCulture)} 127.0.0.1",
        };
        if (tls is not null)
            lines.AddRange([$"listener {TlsPort.ToString(CultureInfo.InvariantCulture)} 127.0.0.1", tls]);
        File.WriteAllLines(Path.Combine(_folder.FullName, "mosquitto.conf"), lines);
    }

    internal int Port { get; }

    /// <summary>0 without TLS.</summary>
    internal int TlsPort { get; }

    internal Uri Uri => new($"mqtt://127.0.0.1:{Port}");

    /// <param name="certificates">When given, a second listener speaks TLS with its server certificate.</param>
    /// <param name="requireClientCertificate">Whether that listener asks for one of the same authority.</param>
    /// <param name="port">The port without TLS; 0 takes a free one.</param>
    internal static async Task<MosquittoBroker> StartAsync(TestCertificates? certificates = null, bool requireClientCertificate = false, int port = 0)
    {
        var program = RequiredProgram.Check("mosquitto");
        var tls = certificates is null ? null
            : $"cafile {certificates.CaFile}\ncertfile {certificates.ServerFile}\nkeyfile {certificates.ServerKeyFile}\n"
                + $"require_certificate {(requireClientCertificate ? "true" : "false")}";
        var broker = new MosquittoBroker(program, tls, port);
        await broker.StartAsync();
        return broker;
    }

    /// <summary>Starts it (again) on the same port, with what it kept.</summary>
    internal async Task StartAsync()
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Path.Combine(_folder.FullName, "mosquitto.conf"));
        var process = Process.Start(start)!;
        _process = process;
        _ = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        await Eventually.TrueAsync(() => process.HasExited || (Answers(Port) && (TlsPort == 0 || Answers(TlsPort))), "mosquitto listens");
        if (process.HasExited)
            Assert.Fail("mosquitto did not start: " + await complaints);
    }

    /// <summary>SIGTERM, so that it saves its sessions first.</summary>
    internal async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        using (process)
        {
            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id.ToString(CultureInfo.InvariantCulture)}"]);
            using var limit = new CancellationTokenSource(Eventually.Limit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }
    }

    /// <summary>SIGKILL: what it kept in memory only is gone.</summary>
    internal async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        using (process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private static bool Answers(int port)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
