using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Demo;

/// <summary>
/// Shows in under a minute what the relay is for: meldingen over the network, the network cut, the same over LoRa, the
/// network back; and that all of it arrived once, with receipts.
/// </summary>
/// <param name="say">Takes one line of the story.</param>
/// <param name="progress">Takes a line that replaces the one before it; null when nobody watches live.</param>
internal sealed class Demonstration(TimeProvider time, ILoggerFactory logs, Action<string> say, Action<string>? progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Texts =
    [
        "Oudere man niet aanspreekbaar in hal sporthal", "Rook uit kelder flat, bewoners staan buiten", "Vrouw in Tolbert moet bevallen, weeën om de 4 min",
        "Gaslucht Nienoord bij nr 12, deur staat open", "Auto te water Leeksterhoofddiep, 2 inzittenden eruit", "Kind 6 jr vermist sinds 14.30, rode jas",
        "Zuurstofapparaat dhr De Vries nog 2 uur accu", "Boom op woning Euroborg, niemand gewond", "Val van trap, heup, kan niet staan", "Lift vast met 3 personen, Zernikelaan 40",
    ];

    private readonly long _start = time.GetTimestamp();
    private readonly List<string> _ids = [];

    /// <summary>Plays it.</summary>
    /// <returns>Whether nothing was lost, nothing doubled and every receipt came.</returns>
    public async Task<bool> PlayAsync(ulong seed, CancellationToken cancellationToken)
    {
        Tell("Drie punten starten: noodsteunpunt Leek (11), coördinatiepunt Westerkwartier (21), meldkamer (1)");
        await using var region = await DemoRegion.StartAsync(seed, time, logs);
        var whole = await ReachAsync(region, "internet", cancellationToken)
            && await SendAsync(region, 20, "over het netwerk", cancellationToken);

        region.Cut();
        Tell("Het netwerk valt uit");
        whole = whole && await ReachAsync(region, "lora", cancellationToken)
            && await SendAsync(region, 10, "over LoRa", cancellationToken);

        region.Restore();
        Tell("Het netwerk komt terug");
        whole = whole && await ReachAsync(region, "internet", cancellationToken)
            && await SendAsync(region, 10, "over het netwerk", cancellationToken);
        // The report follows the facts by a second.
        await UntilAsync(() => Arrived(region).Count >= _ids.Count, () => "wacht op het rapport", cancellationToken);
        return Report(region) && whole;
    }

    private async Task<bool> ReachAsync(DemoRegion region, string link, CancellationToken cancellationToken)
    {
        var reached = await UntilAsync(() => WayUp(region) == link, () => $"wacht op {link}", cancellationToken);
        Tell(reached ? $"Noodsteunpunt verstuurt nu via {link}" : $"Noodsteunpunt vond {link} niet binnen {Patience.TotalSeconds:0} s");
        return reached;
    }

    private async Task<bool> SendAsync(DemoRegion region, int count, string how, CancellationToken cancellationToken)
    {
        var before = _ids.Count;
        for (var i = 0; i < count; i++) await HandInAsync(region.Steunpunt, before + i, cancellationToken);
        Tell($"{count} meldingen opgeslagen op het noodsteunpunt ({_ids[before]} tot en met {_ids[^1]})");
        var confirmed = await UntilAsync(() => Confirmed(region) >= _ids.Count, () => $"ontvangen {Confirmed(region) - before} van {count}", cancellationToken);
        Tell($"{Math.Max(0, Confirmed(region) - before)} van {count} door de meldkamer bevestigd, {how}");
        return confirmed;
    }

    private async Task HandInAsync(RelayNode node, int number, CancellationToken cancellationToken)
    {
        var priority = number % 5 == 0 ? 1 : 2;
        var json = $$"""{"category":"gezondheid","priority":{{priority}},"exercise":"oefening","text":"{{Texts[number % Texts.Length]}}","clientRef":"demo-{{number}}"}""";
        var parsed = IntakeParser.Parse("weerbaarheid/v1/in/melding", null, Encoding.UTF8.GetBytes(json), mayBeRepeat: false);
        var outcome = await await node.SubmitAsync(parsed.Submission!, cancellationToken);
        if (outcome.Refusal == Refusal.None) _ids.Add(outcome.Key.ToString());
        else Tell($"geweigerd: {outcome.Reason}");
    }

    private async Task<bool> UntilAsync(Func<bool> holds, Func<string> state, CancellationToken cancellationToken)
    {
        var deadline = time.GetElapsedTime(_start) + Patience;
        while (!holds())
        {
            if (time.GetElapsedTime(_start) > deadline) return false;
            progress?.Invoke(state());
            await Task.Delay(Glance, time, cancellationToken);
        }

        return true;
    }

    /// <summary>The report of the meldkamer, and the sum: what was stored, what arrived, what was confirmed.</summary>
    private bool Report(DemoRegion region)
    {
        var report = DemoRegion.Read(region.Desk.Report);
        var arrived = Arrived(region);
        var lost = _ids.Except(arrived).ToList();
        var doubled = arrived.Count - arrived.Distinct().Count();
        Tell("Situatierapport van de meldkamer:");
        // All that the demonstration sends is an exercise.
        var counts = report.GetProperty("exercises");
        say($"  totaal {counts.GetProperty("total")}, {report.GetProperty("missingText").GetString()}; per urgentie: {Pairs(counts.GetProperty("byPriority"))}; per toestand: {Pairs(counts.GetProperty("byState"))}");
        foreach (var site in report.GetProperty("sites").EnumerateArray())
            say($"  punt {site.GetProperty("site")}: {(site.TryGetProperty("exercised", out var exercised) ? exercised : site.GetProperty("received"))} ontvangen, {site.GetProperty("missingText").GetString()}");
        foreach (var link in DemoRegion.Read(region.Steunpunt.Status).GetProperty("links").EnumerateArray())
            say($"  noodsteunpunt, {link.GetProperty("name").GetString()}: {link.GetProperty("framesSent")} frames verstuurd, {link.GetProperty("framesReceived")} ontvangen");
        Tell($"{_ids.Count} verstuurd, {arrived.Distinct().Count()} aangekomen, {Confirmed(region)} bevestigd, {doubled} dubbel, {lost.Count} verloren");
        return lost.Count == 0 && doubled == 0 && Confirmed(region) == _ids.Count;
    }

    private static List<string> Arrived(DemoRegion region) =>
        [.. DemoRegion.Read(region.Desk.Report).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString()!)];

    private static string Pairs(JsonElement counts) => string.Join(", ", counts.EnumerateObject().Select(pair => $"{pair.Name}: {pair.Value}"));

    private static string? WayUp(DemoRegion region) => DemoRegion.Read(region.Steunpunt.Status).GetProperty("wayUp").GetString();

    private static int Confirmed(DemoRegion region) =>
        DemoRegion.Read(region.Steunpunt.Report).GetProperty("exercises").GetProperty("byState").TryGetProperty("ontvangen", out var count) ? count.GetInt32() : 0;

    private void Tell(string line) => say(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_start):mm\\:ss\\.f}  {line}"));
}
