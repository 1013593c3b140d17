using System.Diagnostics;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Browser;

/// <summary>A small bad day, handed in with the program's own verb.</summary>
internal static class Example
{
    private static readonly string[][] Messages =
    [
        ["melding", "--category", "brand", "--priority", "1", "--lat", "53.1622", "--lon", "6.3951", "--text", "Rook uit de kelder van de sporthal"],
        ["melding", "--category", "gezondheid", "--priority", "1", "--text", "Oudere man niet aanspreekbaar, ademt wel"],
        ["melding", "--category", "leefmilieu", "--priority", "2", "--rd-x", "215500", "--rd-y", "583200", "--text", "Water staat tot aan de deur, straat niet meer te rijden"],
        ["hulpvraag", "--rd-x", "229000", "--rd-y", "571000", "--text", "Insuline nodig voor twee mensen, koelkast doet het niet"],
        ["hulpaanbod", "--text", "Aggregaat van 5 kVA te leen, met brandstof"],
    ];

    internal static async Task FillAsync(Region region)
    {
        foreach (var message in Messages)
        {
            var start = RelayProgram.Start(["send", .. message, .. region.Steunpunt.Options]);
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (said, complaints) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', message)} was not taken in: {await said}{await complaints}");
        }

        await region.Meldkamer.ReportSaysAsync(report => report.GetRawText().Contains("\"11\"", StringComparison.Ordinal) || report.GetRawText().Contains(":11", StringComparison.Ordinal), "that site 11 is known");
    }
}
