using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Three bad days in a region, all from one seed: twelve noodsteunpunten, two coördinatiepunten and a meldkamer; every link fails,
/// every site loses power, clocks are wrong and jump, radios lose, repeat, reorder and damage frames. Then all works again.
/// </summary>
internal static partial class BadDays
{
    private const ushort Meldkamer = 1;
    private const ulong Cramped = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromHours(72);
    private static readonly ushort[] Coordination = [2, 3];
    private static readonly ushort[] West = [11, 12, 13, 14, 15, 16];
    private static readonly ushort[] East = [17, 18, 19, 20, 21, 22];

    /// <summary>LoRa at its slowest, other limits of regions and modems, and the longest there is.</summary>
    private static readonly int[] FrameSizes = [51, 59, 115, 128, 222, 230, 242, 255];

    public static Scenario Make(ulong seed)
    {
        var draw = new Draw(seed);
        var hasInternet = draw.Chance(0.6);
        var links = Links(draw, hasInternet);
        var events = new List<ScenarioEvent>();
        foreach (var link in links) AddLinkFaults(link, draw, events);
        foreach (var site in Sites) AddSiteFaults(site, draw, events);
        AddLoad(draw, events);
        // The production store costs more than all the rest; every seed has it somewhere, and every kind of site has it in some seeds.
        ushort[] onDisk = [draw.Pick(West), .. draw.Chance(0.3) ? Coordination[..1] : [], .. draw.Chance(0.15) ? [Meldkamer] : (ushort[])[]];
        return new Scenario(
            [.. Sites.Select(site => Site(site, onDisk, draw))], links, [.. events.OrderBy(happening => happening.At)], Duration,
            hasInternet ? TimeSpan.FromHours(1) : QuietOf(links), seed)
        {
            Rules = RulesOf(seed),
        };
    }

    /// <summary>Every so many seeds nodes have so little room that queues fill and references are forgotten.</summary>
    private static RelayRules RulesOf(ulong seed)
    {
        if (seed % Cramped != 0) return RelayRules.Default;
        var draw = new Draw(~seed);
        var held = 60 + draw.Below(141);
        // A message of these days has some hundred bytes: now the number is met first, and then the bytes.
        return RelayRules.Default with { MaxHeld = held, MaxHeldBytes = held * (40 + draw.Below(100)), MaxReferences = 50 + draw.Below(450) };
    }

    /// <summary>Everything has to settle over the slowest radio: what three bad days left there is tens of thousands of bytes.</summary>
    private static TimeSpan QuietOf(List<ScenarioLink> links) => TimeSpan.FromHours(Math.Clamp(
        240 / links.Where(link => link.Kind == LinkKind.Lora).Min(link => link.BitRate * link.DutyCycle * (1 - link.Loss)), 10, 60));

    private static ushort[] Sites => [Meldkamer, .. Coordination, .. West, .. East];

    private static ScenarioSite Site(ushort id, ushort[] onDisk, Draw draw)
    {
        var role = id == Meldkamer ? Role.Meldkamer : Coordination.Contains(id) ? Role.Coordinatiepunt : Role.Noodsteunpunt;
        var name = role switch { Role.Meldkamer => "Meldkamer", Role.Coordinatiepunt => $"Coördinatiepunt {id}", _ => $"Noodsteunpunt {id}" };
        return new ScenarioSite(id, name, role, draw.Below(200) - 100.0)
        {
            ClockError = draw.Chance(0.4) ? TimeSpan.FromDays(draw.Below(7_300) - 3_650) : TimeSpan.Zero,
            ClockTrusted = draw.Chance(0.5),
            OnDisk = onDisk.Contains(id),
        };
    }

    private static List<ScenarioLink> Links(Draw draw, bool hasInternet)
    {
        var links = new List<ScenarioLink>();
        if (hasInternet) links.Add(Ip("internet", Sites, draw));
        if (draw.Chance(0.4)) links.Add(Ip("glasvezel", [Meldkamer, .. Coordination], draw));
        links.Add(Radio("lora-regio", [Meldkamer, .. Coordination], draw));
        // Some noodsteunpunten hear both coördinatiepunten; the last ones of the east are heard by a neighbour only.
        links.Add(Radio("lora-west", [Coordination[0], .. West, .. draw.Chance(0.5) ? East[..1] : []], draw));
        links.Add(Radio("lora-oost", [Coordination[1], .. East[..4], .. draw.Chance(0.5) ? West[^1..] : []], draw));
        links.Add(Radio("lora-keten", East[3..], draw) with { Band = draw.Chance(0.3) ? "lora-oost" : "lora-keten" });
        // Links of one band are bound by one rule.
        if (links[^1].Band != links[^1].Name) links[^1] = links[^1] with { DutyCycle = links[^2].DutyCycle };
        return links;
    }

    private static ScenarioLink Ip(string name, ushort[] members, Draw draw) => new(
        name, LinkKind.Mqtt, members, 16_384, draw.Chance(0.5) ? 1_000_000 : 200_000, draw.Chance(0.5) ? 0 : 0.1 * draw.Share(), 0.1 * draw.Share(),
        TimeSpan.FromMilliseconds(20 + draw.Below(400)), TimeSpan.FromMilliseconds(draw.Below(500)));

    private static ScenarioLink Radio(string name, ushort[] members, Draw draw)
    {
        // Whoever may transmit more calls more often, and costs more to simulate.
        var dutyCycle = draw.Chance(0.015) ? 1.0 : draw.Pick([0.01, 0.01, 0.01, 0.01, 0.1]);
        var bitRate = dutyCycle < 0.1 ? 600 + draw.Below(4_900) : 250 + draw.Below(1_250);
        return new ScenarioLink(
            name, LinkKind.Lora, members, draw.Pick(FrameSizes), bitRate, draw.Chance(0.2) ? 0 : 0.3 * draw.Share(), draw.Chance(0.5) ? 0 : 0.2 * draw.Share(),
            TimeSpan.FromMilliseconds(draw.Below(20)), draw.Chance(0.5) ? TimeSpan.Zero : TimeSpan.FromSeconds(2 * draw.Share()), dutyCycle)
        {
            BitErrors = draw.Chance(0.5) ? 0 : 0.0002 * draw.Share(),
            Reordering = draw.Chance(0.6) ? 0 : 0.2 * draw.Share(),
            ReorderedBy = TimeSpan.FromSeconds(30 * draw.Share()),
        };
    }

    private static void AddLoad(Draw draw, List<ScenarioEvent> events)
    {
        foreach (var site in (ushort[])[.. West, .. East, .. Coordination])
        {
            events.Add(new ScenarioEvent.Load(TimeSpan.Zero, [site], 0.2 + (3 * draw.Share()), Duration));
            // Many people at once: the hall fills, the water comes.
            for (var burst = draw.Below(3); burst > 0; burst--)
                events.Add(new ScenarioEvent.Send(draw.At(Duration), site, MessageType.Melding, null, 5 + draw.Below(30), TimeSpan.FromSeconds(draw.Below(30))));
            if (draw.Chance(0.5)) events.Add(new ScenarioEvent.Send(draw.At(TimeSpan.FromHours(1)), site, MessageType.Status, draw.Chance(0.5) ? (byte)4 : (byte)3, 71, TimeSpan.FromHours(1)));
            if (draw.Chance(0.3)) events.Add(new ScenarioEvent.Send(draw.At(Duration), site, MessageType.Melding, 1, 1 + draw.Below(10), TimeSpan.FromSeconds(draw.Below(60))));
        }

        events.Add(new ScenarioEvent.Send(draw.At(TimeSpan.FromHours(6)), Meldkamer, MessageType.Bulletin, 2, 1 + draw.Below(6), TimeSpan.FromHours(1 + draw.Below(12))));
        events.Add(new ScenarioEvent.Send(draw.At(TimeSpan.FromHours(6)), Meldkamer, MessageType.Melding, null, 1 + draw.Below(20), TimeSpan.FromHours(1)));
    }
}
