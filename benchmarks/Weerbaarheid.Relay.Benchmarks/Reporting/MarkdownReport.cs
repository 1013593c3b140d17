using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>A run in Markdown: what was asked, every figure, bytes and airtime.</summary>
internal static class MarkdownReport
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Write(string heading, MachineFacts before, MachineFacts after, IReadOnlyList<Goal> goals, IReadOnlyList<Figure> figures, IReadOnlyList<OnAir> air, string chart)
    {
        var text = new StringBuilder();
        text.AppendLine(Culture, $"# {heading}\n");
        text.AppendLine(Culture, $"{Machine(before)}. Load {Known(before.Load)} before and {Known(after.Load)} after. Medians and quartiles. What was asked is measured in turns within one process; ratios in the other tables are of medians in this run.\n");
        if (before.IsThrottled == true || after.IsThrottled == true) text.AppendLine("**This board was throttled: the figures are lower than it can do.**\n");
        if (figures.Count > 0) text.AppendLine(Culture, $"![ratios]({chart})\n");
        text.AppendLine("## What was asked\n\n| what | bar | seen | | |\n|---|---|---|---|---|");
        foreach (var goal in goals) text.AppendLine(Culture, $"| {goal.What} | {goal.Asked} | {goal.Was} | {goal.Verdict} | {goal.Of} |");
        text.AppendLine();
        foreach (var group in figures.GroupBy(figure => figure.Group)) WriteGroup(text, group.Key, [.. group]);
        WriteAir(text, air);
        return text.ToString();
    }

    private static void WriteGroup(StringBuilder text, string name, Figure[] figures)
    {
        var peer = figures.FirstOrDefault(figure => figure.Name is Names.MessagePack or ProtectMelding.Bare or TextModelOf80Characters.Utf8Alone) ?? figures[0];
        text.AppendLine(Culture, $"## {name}\n\n| | median ns | quartiles ns | allocated B | times as fast as {peer.Name} |\n|---|---|---|---|---|");
        foreach (var figure in figures.OrderBy(figure => figure.Nanoseconds))
        {
            text.AppendLine(Culture,
                $"| {figure.Name} | {figure.Nanoseconds:N1} | {figure.Low:N1} to {figure.High:N1} | {figure.Allocated?.ToString(Culture) ?? "-"} | {peer.Nanoseconds / figure.Nanoseconds:G3} |");
        }

        text.AppendLine();
    }

    private static void WriteAir(StringBuilder text, IReadOnlyList<OnAir> air)
    {
        text.AppendLine(Culture, $"## Bytes and airtime\n\nA melding with an address, category, victims and {SampleMessages.Text.Length} characters of Dutch; LoRa 125 kHz, coding rate 4/5, preamble 8. Meshtastic and LXMF by their published overheads.\n");
        text.AppendLine("| | melding B | status B | SF7 ms | SF9 ms | SF12 ms | SF9: an hour at 1 % / 10 % | |\n|---|---|---|---|---|---|---|---|");
        foreach (var system in air.OrderBy(system => system.Melding))
        {
            var airtime = TimeSpan.FromMilliseconds(system.Milliseconds(9));
            text.AppendLine(Culture,
                $"| {system.Name} | {system.Melding} | {system.Status?.ToString(Culture) ?? "-"} | {system.Milliseconds(7):0.0} | {system.Milliseconds(9):0.0} | {system.Milliseconds(12):0.0} | {LoRaAirtime.PerHour(airtime, 10)} / {LoRaAirtime.PerHour(airtime, 100)} | {system.Note} |");
        }
    }

    private static string Machine(MachineFacts facts) =>
        $"{facts.Machine ?? "machine unknown"}, {facts.Cores} cores, kernel {facts.Kernel}, governor {facts.Governor ?? "unknown"}{(facts.Virtual ? ", a virtual machine" : "")}";

    private static string Known(double? number) => number?.ToString("0.0", Culture) ?? "unknown";
}
