using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Reports;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    Good,
    Warning,
    Bad,
}

/// <summary>How a part of the node is doing.</summary>
/// <param name="Part">What was looked at, as people call it.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Words">How it is, in plain Dutch.</param>
/// <param name="Remedy">What a technician does about it; empty when there is nothing to do.</param>
internal sealed record Finding(string Part, FindingLevel Level, string Words, string Remedy = "");

/// <summary>Looks at a node's own state and says what is wrong and how to mend it: the same words on the page and in the status.</summary>
internal static class NodeFindings
{
    /// <param name="site">Who it is.</param>
    /// <param name="status">The core's own state.</param>
    /// <param name="isClockTrusted">Whether the clock is believed.</param>
    /// <param name="isDemonstration">Whether it runs on the published keys.</param>
    /// <param name="store">How its store is doing.</param>
    public static IEnumerable<Finding> Of(Site site, RelayStatus status, bool isClockTrusted, bool isDemonstration, StoreHealth store)
    {
        yield return Keys(status, isDemonstration);
        yield return Store(store);
        if (store.Loss is { } loss)
            yield return new Finding("Opslag apart gezet", FindingLevel.Warning, $"Een beschadigde opslag is apart gezet. {loss.Salvaged} berichten gered, {loss.Unreadable} onleesbaar.", $"Bewaar de map {loss.Folder} en kijk of de SD-kaart of schijf stuk gaat.");
        yield return isClockTrusted ? new Finding("Klok", FindingLevel.Good, "De klok loopt.")
            : new Finding("Klok", FindingLevel.Warning, "De klok van dit punt is niet zeker.", "Zet de klok gelijk (sudo date -s), of zet er een klokmodule in.");
        yield return Way(site, status);
        foreach (var link in status.Links) yield return Link(link);
    }

    /// <summary>Writes those that are not good.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings.Where(one => one.Level != FindingLevel.Good))
        {
            json.WriteStartObject();
            json.WriteString("part", finding.Part);
            json.WriteString("level", finding.Level == FindingLevel.Bad ? "bad" : "warning");
            json.WriteString("words", finding.Words);
            json.WriteString("remedy", finding.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Finding Keys(RelayStatus status, bool isDemonstration)
    {
        if (status.Keys.IsRevoked) return new Finding("Sleutels", FindingLevel.Bad, "De regio heeft dit punt uitgesloten.", "Vraag de regio om nieuwe sleutels, en zet ze op hun plaats met: weerbaarheid-relay keys install BESTAND");
        return isDemonstration
            ? new Finding("Sleutels", FindingLevel.Warning, "Dit zijn demonstratiesleutels: iedereen kan meelezen en vervalsen.", "Alleen om te proberen. Voor het echt: vraag sleutels aan de regio, en daarna weerbaarheid-relay init --replace --keys BESTAND")
            : new Finding("Sleutels", FindingLevel.Good, $"Sleutels van de regio, periode {status.Keys.Epoch}.");
    }

    private static Finding Store(StoreHealth store)
    {
        if (store.Problem is { } problem) return new Finding("Opslag", FindingLevel.Bad, $"Opslaan lukt niet: er wordt niets aangenomen. {problem}", "Kijk of de schijf nog werkt en of dit account er mag schrijven (df -h, dmesg).");
        return store.IsTight ? new Finding("Opslag", FindingLevel.Bad, "De schijf is vol: alleen meldingen met levensgevaar worden aangenomen.", "Maak ruimte op de schijf.") : new Finding("Opslag", FindingLevel.Good, "Berichten worden veilig bewaard.");
    }

    private static Finding Way(Site site, RelayStatus status)
    {
        const string part = "Weg naar de meldkamer";
        if (site.Role == Role.Meldkamer) return new Finding(part, FindingLevel.Good, "Dit is de meldkamer.");
        if (status.WayUp is { } name) return new Finding(part, FindingLevel.Good, $"Via {name}.");
        // The broker of its own is how others come here, and leads nowhere by itself.
        return status.Links.All(link => link.Type == "broker")
            ? new Finding(part, FindingLevel.Bad, "Er is geen verbinding ingesteld: berichten blijven hier.", "Zet een verbinding bij links in relay.json, en start opnieuw. Tot die tijd: koerier.")
            : new Finding(part, FindingLevel.Warning, status.NextSite is { } next ? $"Berichten gaan naar punt {next} en wachten daar." : "Geen. Berichten wachten hier.", "Kijk welke verbinding niet werkt. Tot die tijd: koerier.");
    }

    private static Finding Link(LinkStatus link)
    {
        var part = $"Verbinding {link.Name}";
        if (link.Up && link.Neighbours.Count > 0) return new Finding(part, FindingLevel.Good, $"Werkt, hoort punt {string.Join(", ", link.Neighbours)}.");
        // A broker of its own waits for others, and hears nobody as long as nobody comes.
        if (link.Up && link.Type == "broker") return new Finding(part, FindingLevel.Good, "Werkt, er is niemand verbonden.");
        if (link.Up) return new Finding(part, FindingLevel.Warning, "Werkt, maar hoort niemand.", link.Type == "mqtt" ? "Kijk of het andere punt aan staat." : "Kijk of de antenne goed vast zit, en of frequentie en instellingen gelijk zijn aan die van het andere punt.");
        if (link.Amateur is { Arming: null }) return new Finding(part, FindingLevel.Good, "Staat uit totdat een zendamateur hem aanzet.");
        var reason = link.DownReason.Length > 0 ? $"Werkt niet: {link.DownReason}" : "Werkt niet, de reden is nog niet bekend.";
        return new Finding(part, FindingLevel.Bad, reason, RemedyOf(link));
    }

    private static string RemedyOf(LinkStatus link)
    {
        if (link.Type is "mqtt") return "Kijk of het netwerk werkt, en of adres, poort en certificaat kloppen bij links in relay.json. Dit punt blijft het zelf proberen.";
        if (link.DownReason.Contains("denied", StringComparison.OrdinalIgnoreCase)) return "Dit account mag niet bij de poort: sudo usermod -aG dialout ACCOUNT, en start opnieuw.";
        return "Zit de stekker van de modem er goed in? Kijk met ls -l /dev/serial/by-id welke poort hij heeft, en zet die bij links in relay.json. Zodra de modem er is, gaat het vanzelf verder.";
    }
}
