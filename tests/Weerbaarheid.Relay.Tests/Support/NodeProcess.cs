using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A node in a process of its own, started from a file in <c>samples</c> with ports and data of its own; it can be killed and started again.</summary>
/// <param name="sample">The name of the sample: noodsteunpunt, coordinatiepunt or meldkamer.</param>
/// <param name="folder">Where its data lies.</param>
/// <param name="up">The broker that its link connects to; null takes the sample's links away.</param>
/// <param name="settings">More values of the configuration, as <c>key=value</c>.</param>
internal sealed class NodeProcess(string sample, string folder, Uri? up, params string[] settings) : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private const int LinesKept = 40;

    private readonly Queue<string> _log = new();
    private Process? _process;

    internal int BrokerPort { get; } = FreePort.Take();

    internal int HttpPort { get; } = FreePort.Take();

    internal string Folder => folder;

    /// <summary>Puts something around the program, such as a namespace; it must end up as the same process.</summary>
    internal Func<ProcessStartInfo, ProcessStartInfo> Around { get; init; } = start => start;

    internal int ProcessId => Running.Id;

    /// <summary>Variables of its environment.</summary>
    internal IReadOnlyDictionary<string, string> Surroundings { get; init; } = new Dictionary<string, string>();

    /// <summary>Lines that it said in all.</summary>
    internal int LinesSaid { get; private set; }

    /// <summary>The last lines that it said, over all its lives.</summary>
    internal string Log
    {
        get { lock (_log) return string.Join('\n', _log); }
    }

    private Process Running => _process ?? throw new InvalidOperationException("The node process is not started.");

    /// <summary>The options that name this node; the verbs that talk to it take the same.</summary>
    internal IReadOnlyList<string> Options => [.. OptionsOf(sample, folder, up, BrokerPort, HttpPort), .. settings.SelectMany(one => new[] { "--set", one })];

    /// <summary>Starts it and waits until it takes messages in.</summary>
    internal async Task<NodeProcess> StartAsync()
    {
        Launch();
        await Eventually.TrueAsync(() => Running.HasExited || Answers("readyz"), () => $"{sample} is ready; it said:\n{Log}");
        if (Running.HasExited) Assert.Fail($"{sample} ended with {Running.ExitCode} instead of starting; it said:\n{Log}");
        return this;
    }

    /// <summary>SIGKILL: what a power cut does to a process.</summary>
    internal void Kill9()
    {
        Running.Kill();
        Running.WaitForExit();
        Forget();
    }

    /// <summary>SIGTERM, and how long it took to end with which code.</summary>
    internal async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var process = Running;
        var begun = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{sample} did not end after SIGTERM; it said:\n{Log}");
        }

        var ended = (process.ExitCode, Stopwatch.GetElapsedTime(begun));
        Forget();
        return ended;
    }

    /// <summary>The situation report as it is served now.</summary>
    internal Task<JsonElement> ReportAsync() => ReadAsync("report");

    /// <summary>The node's own state as it is served now.</summary>
    internal Task<JsonElement> StatusAsync() => ReadAsync("status");

    /// <summary>Waits until the report says so; the report lags a second behind the store.</summary>
    internal Task ReportSaysAsync(Func<JsonElement, bool> condition, string what) => SaysAsync("report", condition, what);

    /// <summary>Waits until the node's own state says so.</summary>
    internal Task StatusSaysAsync(Func<JsonElement, bool> condition, string what) => SaysAsync("status", condition, what);

    /// <summary>Resident memory in MB (2^20 bytes), as the kernel counts it.</summary>
    internal double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{ProcessId.ToString(CultureInfo.InvariantCulture)}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) Kill9();
        else Forget();
        return ValueTask.CompletedTask;
    }

    private static List<string> OptionsOf(string sample, string folder, Uri? up, int broker, int http)
    {
        var file = Path.Combine(SourceTree.Root, "samples", $"{sample}.json");
        if (up is null)
        {
            // A value cannot take a list away, so the sample is copied without its links.
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Directory.CreateDirectory(folder);
            file = Path.Combine(folder, "relay.json");
            File.WriteAllText(file, "{" + string.Join(",", document.RootElement.EnumerateObject().Where(one => one.Name != "links").Select(one => $"\"{one.Name}\":{one.Value.GetRawText()}")) + "}");
        }

        List<string> options = ["--config", file, "--data", folder, "--set", $"broker.listen=127.0.0.1:{broker}", "--set", $"http.listen=127.0.0.1:{http}"];
        return up is null ? options : [.. options, "--set", $"links.0.uri={up.ToString().TrimEnd('/')}"];
    }

    private void Launch()
    {
        var start = RelayProgram.Start(["run", .. Options]);
        foreach (var (name, value) in Surroundings) start.Environment[name] = value;
        var process = new Process { StartInfo = Around(start) };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_log)
        {
            LinesSaid++;
            _log.Enqueue(line);
            if (_log.Count > LinesKept) _log.Dequeue();
        }
    }

    private void Forget()
    {
        _process?.Dispose();
        _process = null;
    }

    private bool Answers(string page)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{HttpPort}/{page}");
            using var response = Http.Send(request);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonElement> ReadAsync(string page)
    {
        using var document = JsonDocument.Parse(await Http.GetByteArrayAsync($"http://127.0.0.1:{HttpPort}/api/v1/{page}"));
        return document.RootElement.Clone();
    }

    private async Task SaysAsync(string page, Func<JsonElement, bool> condition, string what)
    {
        await Eventually.SeesAsync(() => ReadAsync(page), condition, said => $"{sample} says {what}; it says\n{said}\nand its log is\n{Log}");
    }
}
