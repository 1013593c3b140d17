using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>
/// The real program in a process of its own, on data that stays. It lives no longer than the thread that starts it: the kernel kills it when that
/// thread ends, so that nothing is left behind when the trial itself is killed.
/// </summary>
/// <param name="site">Its number.</param>
/// <param name="role">As the configuration names it.</param>
/// <param name="folder">Where its configuration, store and log lie.</param>
internal sealed class KilledNode(ushort site, string role, string folder) : IDisposable
{
    private const string Setpriv = "/usr/bin/setpriv";
    private const int LinesShown = 15;
    private static int _ports = Environment.ProcessId * 97;

    private Process? _process;

    public int Port { get; } = TakePort();

    /// <summary>Where its page is; 0 for none, which starts faster.</summary>
    public int PagePort { get; init; }

    /// <summary>Port of the broker that its link leads to; 0 for no link.</summary>
    public int UpPort { get; init; }

    public string Store => Path.Combine(folder, "data", "outbox.db");

    public ushort Site => site;

    public bool IsRunning => _process is not null;

    /// <summary>Timestamp of the start.</summary>
    public long Started { get; private set; }

    /// <summary>Timestamp at which this life was first seen to take connections; 0 until then.</summary>
    public long Ready { get; set; }

    /// <summary>
    /// Below the ports that the kernel gives to clients (32768 and up): connecting again and again to one of those while nobody listens can end in a
    /// connection of the client with itself.
    /// </summary>
    public static int TakePort()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var port = 20_000 + (int)((uint)Interlocked.Increment(ref _ports) % 12_000);
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new InvalidOperationException("No port from 20000 to 31999 is free.");
    }

    public void Start()
    {
        Directory.CreateDirectory(folder);
        if (Ready == 0 && Started == 0) File.WriteAllText(Path.Combine(folder, "relay.json"), Configuration());
        // exec keeps the process id through all of them, so that what is killed is the node and no shell.
        string[] command = ["/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", Path.Combine(folder, "log"), Dotnet(), "exec",
            Path.Combine(AppContext.BaseDirectory, "weerbaarheid-relay.dll"), "run", "--config", Path.Combine(folder, "relay.json")];
        var start = new ProcessStartInfo(Setpriv);
        foreach (var word in (string[])["--pdeathsig", "KILL", "--", .. command]) start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RELAY__", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        // A life is too short for optimised code to pay; measured 288 ms to the first CONNACK with, 216 ms without.
        start.Environment["DOTNET_TieredPGO"] = "0";
        (Started, Ready) = (Stopwatch.GetTimestamp(), 0);
        _process = Process.Start(start)!;
    }

    /// <summary>SIGKILL, by its id.</summary>
    public void Kill()
    {
        if (_process is null) return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>What happened when it is gone though nobody killed it; null while it runs.</summary>
    public string? Gone() => _process is { HasExited: true } process ? $"node {site} ended by itself with exit code {process.ExitCode}; {Log()}" : null;

    /// <summary>The last lines of its log, over all its lives.</summary>
    public string Log()
    {
        var file = Path.Combine(folder, "log");
        return File.Exists(file) ? "its log ends:\n    " + string.Join("\n    ", File.ReadLines(file).TakeLast(LinesShown)) : "it said nothing";
    }

    public void Dispose() => Kill();

    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    private string Configuration()
    {
        var links = UpPort == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $$"""{ "name": "net", "type": "mqtt", "uri": "mqtt://127.0.0.1:{{UpPort}}" }""");
        var page = PagePort == 0 ? "off" : string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PagePort}");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "site": { "id": {{site}}, "role": "{{role}}" },
              "broker": { "listen": "127.0.0.1:{{Port}}" },
              "http": { "listen": "{{page}}" },
              "links": [{{links}}],
              "keys": { "demonstration": true },
              "data": "data"
            }
            """);
    }
}
