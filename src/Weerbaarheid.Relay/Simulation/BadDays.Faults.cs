using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation;

/// <content>What goes wrong.</content>
internal static partial class BadDays
{
    /// <summary>Online is cheap for people and dear for a simulation: so many hours of the three days at most.</summary>
    private static readonly TimeSpan OnlineForAll = TimeSpan.FromHours(1.5);
    private static readonly TimeSpan OnlineForFew = TimeSpan.FromHours(10);

    private static void AddLinkFaults(ScenarioLink link, Draw draw, List<ScenarioEvent> events)
    {
        if (link.Kind == LinkKind.Mqtt) AddOnlineHours(link, draw, events);
        else AddRadioFaults(link, draw, events);
        foreach (var site in link.Members)
        {
            if (!draw.Chance(0.3)) continue;
            var how = draw.Pick([ModemFault.Down, ModemFault.Silent, ModemFault.Deaf, ModemFault.Restarts, ModemFault.Holds]);
            var most = how is ModemFault.Restarts or ModemFault.Holds ? TimeSpan.FromHours(2) : TimeSpan.FromHours(24);
            events.Add(new ScenarioEvent.ModemFails(draw.At(Duration), link.Name, site, how, draw.At(most)));
        }
    }

    /// <summary>The internet comes and goes, and is mostly away.</summary>
    private static void AddOnlineHours(ScenarioLink link, Draw draw, List<ScenarioEvent> events)
    {
        var left = link.Members.Count > 3 ? OnlineForAll : OnlineForFew;
        var at = left * (draw.Share() / 3);
        events.Add(new ScenarioEvent.Cut(at, link.Name, null));
        left -= at;
        for (var window = 1 + draw.Below(4); window > 0; window--)
        {
            at = draw.At(Duration);
            var length = left * (draw.Share() / window);
            left -= length;
            events.Add(new ScenarioEvent.Restore(at, link.Name, null));
            events.Add(new ScenarioEvent.Cut(at + length, link.Name, null));
        }

        // A line that is cut and restored within seconds, again and again.
        if (!draw.Chance(0.3)) return;
        at = draw.At(Duration);
        for (var flap = 2 + draw.Below(10); flap > 0; flap--)
        {
            events.Add(new ScenarioEvent.Restore(at, link.Name, null));
            events.Add(new ScenarioEvent.Cut(at += draw.At(TimeSpan.FromSeconds(30)), link.Name, null));
            at += draw.At(TimeSpan.FromSeconds(30));
        }
    }

    private static void AddRadioFaults(ScenarioLink link, Draw draw, List<ScenarioEvent> events)
    {
        for (var cut = 1 + draw.Below(3); cut > 0; cut--) AddCut(link, null, false, TimeSpan.FromHours(12), draw, events);
        for (var cut = draw.Below(4); cut > 0; cut--)
        {
            var (a, b) = (draw.Pick(link.Members), draw.Pick(link.Members));
            if (a == b) continue;
            // Deaf in one direction for up to three days.
            AddCut(link, (a, b), draw.Chance(0.5), draw.Chance(0.2) ? TimeSpan.FromHours(71) : TimeSpan.FromHours(6), draw, events);
        }

        for (var storm = draw.Below(5); storm > 0; storm--)
            events.Add(new ScenarioEvent.Weather(draw.At(Duration), link.Name, 0.6 * draw.Share(), draw.Chance(0.5) ? 0 : 0.001 * draw.Share(), draw.At(TimeSpan.FromHours(8))));
    }

    private static void AddCut(ScenarioLink link, (ushort A, ushort B)? pair, bool oneWay, TimeSpan most, Draw draw, List<ScenarioEvent> events)
    {
        var at = draw.At(Duration);
        events.Add(new ScenarioEvent.Cut(at, link.Name, pair) { OneWay = oneWay });
        events.Add(new ScenarioEvent.Restore(at + draw.At(most), link.Name, pair));
    }

    private static void AddSiteFaults(ushort site, Draw draw, List<ScenarioEvent> events)
    {
        for (var cut = 1 + draw.Below(5); cut > 0; cut--) AddPowerCut(site, draw.At(Duration), draw.Chance(0.5) ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(8), draw, events);
        // An empty battery: it starts and fails again, and again.
        if (draw.Chance(0.3))
        {
            var at = draw.At(Duration);
            for (var start = 2 + draw.Below(6); start > 0; start--) at = AddPowerCut(site, at, TimeSpan.FromSeconds(20), draw, events) + draw.At(TimeSpan.FromSeconds(10));
        }

        for (var jump = draw.Below(5); jump > 0; jump--)
        {
            var by = draw.Chance(0.5) ? TimeSpan.FromDays(draw.Below(7_300) - 3_650) : TimeSpan.FromSeconds(draw.Below(7_200) - 3_600);
            events.Add(new ScenarioEvent.ClockJumps(draw.At(Duration), site, by, draw.Chance(0.5)));
        }

        for (var failure = draw.Below(3); failure > 0; failure--) events.Add(new ScenarioEvent.StoreFails(draw.At(Duration), site));
    }

    private static TimeSpan AddPowerCut(ushort site, TimeSpan at, TimeSpan most, Draw draw, List<ScenarioEvent> events)
    {
        var back = at + draw.At(most);
        events.Add(new ScenarioEvent.PowerOff(at, site));
        events.Add(new ScenarioEvent.PowerOn(back, site));
        return back;
    }

    /// <summary>Choices that follow from a seed.</summary>
    private sealed class Draw(ulong seed)
    {
        private SplitMix64 _random = new(seed);

        public double Share() => _random.NextDouble();

        public int Below(int limit) => (int)(_random.Next() % (ulong)limit);

        public bool Chance(double share) => _random.NextDouble() < share;

        public T Pick<T>(IReadOnlyList<T> among) => among[Below(among.Count)];

        /// <summary>A moment before an end, in whole milliseconds, so that a file can hold it.</summary>
        public TimeSpan At(TimeSpan end) => TimeSpan.FromMilliseconds(Math.Floor(end.TotalMilliseconds * _random.NextDouble()));
    }
}
