using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>How the records of one priority fared.</summary>
/// <param name="Accepted">Handed in and acknowledged, at sites other than a meldkamer.</param>
/// <param name="Median">Time from acceptance to the meldkamer's disk.</param>
/// <param name="P95">19 of 20 were faster.</param>
/// <param name="Expired">Given up by their origin for their age.</param>
internal sealed record PriorityResult(int Priority, int Accepted, int Delivered, TimeSpan Median, TimeSpan P95, TimeSpan Max, int Expired);

/// <summary>What a link carried.</summary>
internal sealed record LinkResult(string Name, long Frames, long Bytes);

/// <summary>What came of a simulation.</summary>
/// <param name="Simulated">Virtual time that passed.</param>
/// <param name="Duplicates">Envelopes that came again and were recognised.</param>
/// <param name="Refusals">Reasons for which submissions were refused, and how often.</param>
/// <param name="TraceHash">The same seed gives the same.</param>
internal sealed record SimulationResult(
    ulong Seed, TimeSpan Simulated, IReadOnlyList<PriorityResult> Priorities, IReadOnlyList<LinkResult> Links, long Duplicates,
    IReadOnlyDictionary<string, int> Refusals, IReadOnlyList<TimelineEntry> Timeline, IReadOnlyList<string> Violations, ulong TraceHash)
{
    /// <summary>The promises that were broken, by what they are about.</summary>
    public IReadOnlyList<Violation> Broken { get; init; } = [];

    /// <summary>How many sites there are.</summary>
    public int Sites { get; init; }

    /// <summary>How every site stood, every ten minutes.</summary>
    public IReadOnlyList<SiteSample> Queues { get; init; } = [];

    /// <summary>What every modem had done, every ten minutes.</summary>
    public IReadOnlyList<AirSample> Air { get; init; } = [];

    public static SimulationResult Of(
        ulong seed, TimeSpan simulated, Witness witness, IReadOnlyList<SimulatedNode> nodes, IReadOnlyList<SimulatedWay> ways, IReadOnlyList<Client> clients, Samples samples)
    {
        var meldkamers = nodes.Where(node => node.Site.Role == Role.Meldkamer).Select(node => node.Site.Id).ToHashSet();
        var records = witness.Records.Where(pair => !meldkamers.Contains(pair.Key.Origin) && pair.Value.Type != MessageType.Bulletin).Select(pair => pair.Value).ToList();
        return new SimulationResult(
            seed, simulated,
            [.. Enumerable.Range(1, 4).Select(priority => Count(priority, records.Where(fate => fate.Priority == priority).ToList()))],
            [.. ways.Select(way => new LinkResult(way.Link.Name, way.Frames, way.Bytes))],
            nodes.Sum(node => node.Status?.Tallies.GetValueOrDefault(Tallies.Duplicates) ?? 0),
            clients.SelectMany(client => client.Refused).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
            witness.Timeline, [.. witness.Violations.Select(one => one.ToString())], witness.TraceHash)
        {
            Broken = witness.Violations,
            Sites = nodes.Count,
            Queues = samples.Sites,
            Air = samples.Air,
        };
    }

    private static PriorityResult Count(int priority, List<Fate> fates)
    {
        var times = fates.Where(fate => fate.DeliveredAt is not null).Select(fate => fate.DeliveredAt!.Value - fate.AcceptedAt).Order().ToList();
        return new PriorityResult(
            priority, fates.Count, times.Count, At(times, 0.5), At(times, 0.95), At(times, 1),
            fates.Count(fate => fate.DeliveredAt is null && fate.ExpiredAt is not null));
    }

    /// <summary>Nearest rank.</summary>
    private static TimeSpan At(List<TimeSpan> sorted, double share) =>
        sorted.Count == 0 ? TimeSpan.Zero : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
