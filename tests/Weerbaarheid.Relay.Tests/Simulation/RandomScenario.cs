using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Simulation;

/// <summary>A few bad hours for three noodsteunpunten, two coördinatiepunten and a meldkamer, all from one seed.</summary>
internal static class RandomScenario
{
    private static readonly ushort[] Sites = [1, 2, 3, 11, 12, 13];

    public static Scenario Make(ulong seed)
    {
        var random = new SplitMix64(seed);
        var duration = TimeSpan.FromHours(2 + Below(ref random, 3));
        var links = new List<ScenarioLink>
        {
            new("internet", LinkKind.Mqtt, Sites, 16_384, 1_000_000, 0, 0.02, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(30)),
            Lora("lora-a", [1, 2, 3], ref random),
            Lora("lora-b", [2, 3, 11, 12], ref random),
            Lora("lora-c", [12, 13], ref random),
        };
        var events = new List<ScenarioEvent>();
        foreach (var link in links) AddCuts(link, duration, events, ref random);
        foreach (var site in Sites) AddPowerCuts(site, duration, events, ref random);
        foreach (var site in Sites.Where(site => site >= 11)) AddTraffic(site, duration, events, ref random);
        events.Add(new ScenarioEvent.Send(TimeSpan.FromMinutes(5), 1, MessageType.Bulletin, 2, 3, TimeSpan.FromMinutes(40)));
        events.Add(new ScenarioEvent.Send(TimeSpan.FromMinutes(7), 1, MessageType.Melding, 3, 3, TimeSpan.FromMinutes(30)));
        return new Scenario(
            [.. Sites.Select(site => new ScenarioSite(site, $"site {site}", RoleOf(site), Below(ref random, 200) - 100.0))],
            links, events, duration, TimeSpan.FromHours(4), seed);
    }

    private static Role RoleOf(ushort site) => site switch { 1 => Role.Meldkamer, < 10 => Role.Coordinatiepunt, _ => Role.Noodsteunpunt };

    private static ScenarioLink Lora(string name, ushort[] members, ref SplitMix64 random) => new(
        name, LinkKind.Lora, members, 222, 1_000 + Below(ref random, 4_000), 0.4 * random.NextDouble(), 0.2 * random.NextDouble(),
        TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2 * random.NextDouble()));

    private static void AddCuts(ScenarioLink link, TimeSpan duration, List<ScenarioEvent> events, ref SplitMix64 random)
    {
        for (var i = Below(ref random, 5); i >= 0; i--)
        {
            var at = duration * random.NextDouble();
            var pair = link.Kind == LinkKind.Lora && random.NextDouble() < 0.5 ? ((ushort, ushort)?)(link.Members[0], link.Members[^1]) : null;
            events.Add(new ScenarioEvent.Cut(at, link.Name, pair));
            events.Add(new ScenarioEvent.Restore(at + TimeSpan.FromMinutes(60 * random.NextDouble()), link.Name, pair));
        }
    }

    private static void AddPowerCuts(ushort site, TimeSpan duration, List<ScenarioEvent> events, ref SplitMix64 random)
    {
        for (var i = Below(ref random, 6); i > 0; i--)
        {
            var at = duration * random.NextDouble();
            events.Add(new ScenarioEvent.PowerOff(at, site));
            events.Add(new ScenarioEvent.PowerOn(at + TimeSpan.FromMinutes(20 * random.NextDouble()), site));
        }
    }

    private static void AddTraffic(ushort site, TimeSpan duration, List<ScenarioEvent> events, ref SplitMix64 random)
    {
        var every = TimeSpan.FromMinutes(2 + Below(ref random, 10));
        events.Add(new ScenarioEvent.Send(TimeSpan.FromMinutes(1), site, MessageType.Melding, null, (int)(duration / every), every));
        events.Add(new ScenarioEvent.Send(TimeSpan.FromMinutes(2), site, MessageType.Hulpvraag, null, 5, TimeSpan.FromMinutes(17)));
        events.Add(new ScenarioEvent.Send(TimeSpan.FromMinutes(3), site, MessageType.Status, 4, 10, TimeSpan.FromMinutes(11)));
        // Many people in one minute.
        events.Add(new ScenarioEvent.Send(duration * random.NextDouble(), site, MessageType.Melding, null, 30, TimeSpan.FromSeconds(2)));
    }

    private static int Below(ref SplitMix64 random, int limit) => (int)(random.Next() % (ulong)limit);
}
