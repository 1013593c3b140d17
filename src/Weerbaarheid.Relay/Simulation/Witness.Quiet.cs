namespace Weerbaarheid.Relay.Simulation;

/// <content>
/// How long priority 1 may wait once all works: as long as all of it takes over the slowest radio, one after another, at every hop. While
/// things go wrong it is not decided how long a way that works must have been known; there only its order is checked.
/// </content>
internal sealed partial class Witness
{
    /// <summary>Radios from the last noodsteunpunt of the chain to the meldkamer: two neighbours, two coördinatiepunten, and one for a way that was taken back.</summary>
    private const int MostHops = 5;

    /// <summary>Bits of a record of priority 1 in a frame of its own, with what else is said for it: answer, receipt and call.</summary>
    private const double UrgentBits = 8 * 200;

    /// <summary>An hour until what was transmitted before counts no more, and two beacons that tell of the way, an hour apart at most.</summary>
    private static readonly TimeSpan RadioSettles = TimeSpan.FromHours(3);

    /// <summary>Where all meet on a fast link: two times the longest wait for an answer, and the beacons.</summary>
    private static readonly TimeSpan InternetSettles = TimeSpan.FromMinutes(15);

    private TimeSpan? _quietAt;

    /// <summary>From now on all links and sites work.</summary>
    public void QuietBegins()
    {
        Tell("all links and sites work from here on");
        _quietAt = clock.Now;
    }

    /// <summary>Checked when all is over: what is made in between waits in the same queue.</summary>
    public void CheckUrgent(Scenario scenario)
    {
        if (_quietAt is not { } quietAt) return;
        var urgent = _records.Where(pair => pair.Value.Priority == 1 && pair.Value.ExpiredAt is null && !(pair.Value.DeliveredAt < quietAt)
            && scenario.Sites.Any(site => site.Id == pair.Key.Origin && site.Role != Relaying.Role.Meldkamer)).ToList();
        var most = MostWait(scenario, urgent.Count);
        foreach (var (key, fate) in urgent)
        {
            var since = fate.AcceptedAt > quietAt ? fate.AcceptedAt : quietAt;
            var wait = (fate.DeliveredAt ?? clock.Now) - since;
            if (wait > most) Broken($"priority 1 {key} waited {Clock.Text(wait)} though all worked; {urgent.Count} of them take {Clock.Text(most)} at most", key.Origin, key);
        }
    }

    private static TimeSpan MostWait(Scenario scenario, int urgent)
    {
        if (scenario.Links.Any(link => link.Kind == LinkKind.Mqtt && scenario.Sites.All(site => link.Members.Contains(site.Id)))) return InternetSettles;
        var radios = scenario.Links.Where(link => link.Kind == LinkKind.Lora).ToList();
        if (radios.Count == 0) return InternetSettles;
        // A radio that loses all is no way, and its time no number.
        var slowest = Math.Max(0.01, radios.Min(link => link.BitRate * link.DutyCycle * (1 - link.Loss)));
        return RadioSettles + TimeSpan.FromSeconds(urgent * MostHops * UrgentBits / slowest);
    }
}
