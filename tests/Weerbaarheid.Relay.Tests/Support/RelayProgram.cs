using System.Diagnostics;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>The executable itself, as it lies beside the tests, started as a process of its own.</summary>
internal static class RelayProgram
{
    /// <summary>What a run that ended said.</summary>
    internal sealed record Run(int ExitCode, string Out, string Error);

    /// <summary>Runs a verb to its end.</summary>
    internal static async Task<Run> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        process.StandardInput.Close();
        var (said, complaints) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"{string.Join(' ', arguments)} did not end; it said:\n{await said}\n{await complaints}");
        }

        return new Run(process.ExitCode, await said, await complaints);
    }

    /// <summary>How the executable is started; it sees no configuration of the machine that runs the tests.</summary>
    internal static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var here = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(here) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", Path.Combine(AppContext.BaseDirectory, "weerbaarheid-relay.dll") }.Concat(arguments)) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RELAY__", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }
}
