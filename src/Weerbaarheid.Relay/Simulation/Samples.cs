namespace Weerbaarheid.Relay.Simulation;

/// <summary>How a site stood at a moment, every ten minutes.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="Site">Which.</param>
/// <param name="IsOn">Whether it had power.</param>
/// <param name="Waiting">Records that waited there, by priority from 1; of a site that is off, those that waited last.</param>
/// <param name="Delivered">Its own records that a meldkamer had by then, by priority from 1.</param>
internal sealed record SiteSample(TimeSpan At, ushort Site, bool IsOn, IReadOnlyList<int> Waiting, IReadOnlyList<int> Delivered);

/// <summary>What a site's modem on a link had done by a moment, every ten minutes; all of it grows.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="Link">The link.</param>
/// <param name="Site">The site.</param>
/// <param name="Frames">Frames transmitted.</param>
/// <param name="Sending">Time on the air: what costs the battery most.</param>
/// <param name="Receiving">Time in which it heard frames.</param>
/// <param name="Idle">Time that it had power and neither sent nor heard anything.</param>
internal sealed record AirSample(TimeSpan At, string Link, ushort Site, long Frames, TimeSpan Sending, TimeSpan Receiving, TimeSpan Idle);

/// <summary>Looks at all sites and links from time to time, for a picture.</summary>
internal sealed class Samples
{
    private readonly List<SiteSample> _sites = [];
    private readonly List<AirSample> _air = [];

    public IReadOnlyList<SiteSample> Sites => _sites;

    public IReadOnlyList<AirSample> Air => _air;

    public void Take(TimeSpan now, IReadOnlyList<SimulatedNode> nodes, IEnumerable<SimulatedWay> ways, Witness witness)
    {
        foreach (var node in nodes)
        {
            node.CountWaiting();
            _sites.Add(new SiteSample(now, node.Site.Id, node.IsOn, node.Waiting, witness.DeliveredOf(node.Site.Id)));
        }

        foreach (var way in ways)
        {
            foreach (var modem in way.Modems)
            {
                var idle = modem.OnUntil(now) - modem.Sending - modem.Receiving;
                _air.Add(new AirSample(now, way.Link.Name, modem.Node.Site.Id, modem.Frames, modem.Sending, modem.Receiving, idle > TimeSpan.Zero ? idle : TimeSpan.Zero));
            }
        }
    }
}
