using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>What the radio costs and bears, on whole nodes with their stores and drivers, in real time; about ten minutes.</summary>
internal static class RadioRun
{
    private static readonly (string Name, Func<Action<string>, Task<IReadOnlyList<RadioRow>>> Measure)[] Parts =
    [
        ("share of the airtime, in simulated time", FullQueueRows.MeasureAsync),
        ("a null modem at 1200 baud", SerialRows.MeasureCleanAsync),
        ("a null modem that is cut for 30 s", say => SerialRows.MeasureCutAsync(30, "1 of 10", say)),
        ("a null modem that is cut for 180 s", say => SerialRows.MeasureCutAsync(180, "0 of 10", say)),
        ("a null modem with bit errors", SerialRows.MeasureErrorsAsync),
        ("two RNodes", RnodeRows.MeasureAsync),
        ("a broker that dies in silence", FailoverRows.MeasureAsync),
        ("two stations with Dire Wolf", DirewolfRows.MeasureAsync),
    ];

    /// <returns>0 when every bar was reached.</returns>
    internal static async Task<int> MakeAsync()
    {
        var (before, began) = (MachineReader.Here.Read(), Stopwatch.GetTimestamp());
        var rows = new List<RadioRow>();
        for (var i = 0; i < Parts.Length; i++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{Parts.Length}] ");
            Tell(began, place + Parts[i].Name);
            var measured = await Parts[i].Measure(line => Tell(began, place + line));
            foreach (var row in measured) Tell(began, $"{place}{row.What}: {row.Measured}, {row.Verdict} ({row.Bar})");
            rows.AddRange(measured);
        }

        var markdown = Write(before, MachineReader.Here.Read(), rows);
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(SourceTree.Root, "benchmarks", "results")).FullName, "radio.md");
        await File.WriteAllTextAsync(path, markdown);
        Console.WriteLine($"{markdown}\n{path}");
        return rows.Any(row => row.Reached == false) ? 1 : 0;
    }

    private static void Tell(long began, string line) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began):mm\\:ss} {line}"));

    private static string Write(MachineFacts before, MachineFacts after, IReadOnlyList<RadioRow> rows)
    {
        var culture = CultureInfo.InvariantCulture;
        var version = typeof(RadioRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var text = new StringBuilder();
        text.AppendLine(culture, $"# Weerbaarheid.Relay {version}, radio run, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC\n");
        text.AppendLine(culture, $"{before.Machine ?? "machine unknown"}, {before.Cores} cores, kernel {before.Kernel}. Load {before.Load:0.0} before and {after.Load:0.0} after.\n");
        text.AppendLine("Messages are 100 characters of Dutch that the text model was not trained on, unless a row says otherwise; all links carry everything a node says, beacons and heartbeats too, and all of it is counted. Acknowledged: the noodsteunpunt knows that the meldkamer has it.\n");
        text.AppendLine("| what | LXMF 1.0.1 | bar | measured | |\n|---|---|---|---|---|");
        foreach (var row in rows) text.AppendLine(culture, $"| {row.What} | {row.Lxmf} | {row.Bar} | {row.Measured} | {row.Verdict} |");
        return text.ToString();
    }
}
