using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Couriers go to and fro by chance: sticks are lost, come late, twice, in any order, and nodes restart.</summary>
public sealed class CarryingPropertyTests
{
    private const int Rides = 120;
    private static readonly ushort[] Sites = [1, 2, 11, 12, 13];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_order_nothing_is_lost_and_nothing_comes_twice(int seed)
    {
        var chance = new Random(seed);
        var net = new TestNet();
        foreach (var site in Sites) net.Add(site, site switch { 1 => Role.Meldkamer, 2 => Role.Coordinatiepunt, _ => Role.Noodsteunpunt });
        var sticks = new List<(ushort From, List<ReadOnlyMemory<byte>> Frames)>();
        var submitted = new List<EnvelopeKey>();
        for (var step = 0; step < Rides; step++)
        {
            var site = Sites[chance.Next(Sites.Length)];
            switch (chance.Next(10))
            {
                case 0 or 1 or 2 when site >= 11:
                    submitted.Add(net.Submit(site, Melding((byte)chance.Next(1, 5), $"Melding {step}")).Key);
                    break;
                case 3 or 4 or 5:
                    sticks.Add((site, Mixed([.. net.Export(site).Frames], chance)));
                    break;
                case 6:
                    net.Restart(site);
                    break;
                case 7:
                    net.Run(TimeSpan.FromMinutes(chance.Next(1, 60)));
                    break;
                default:
                    if (sticks.Count == 0) break;
                    var (from, frames) = sticks[chance.Next(sticks.Count)];
                    Assert.Equal(0, net.Import(site, frames).Refused);
                    break;
            }

            AssertTruth(net, submitted);
        }

        // At last every courier goes once from everybody to the desk and back.
        foreach (var site in Sites[1..]) net.Ride(site, 1);
        foreach (var site in Sites[2..]) net.Ride(1, site);
        AssertTruth(net, submitted);
        Assert.Equal(submitted.Select(key => key.ToString()).Order(), net[1].Disk.Envelopes.Where(one => one.Key.Origin >= 11).Select(one => one.Key.ToString()).Order());
        Assert.All(submitted, key => Assert.Equal(MessageState.Ontvangen, net[key.Origin].StateOf(key)));
        foreach (var origin in net[1].Core.Status(net.Now).Origins) Assert.Equal(0UL, origin.Missing);

        // And once more, all of it, at everybody: nothing is new.
        var before = net[1].Ids.Count();
        foreach (var (_, frames) in sticks) net.Import(1, frames);
        Assert.Equal(before, net[1].Ids.Count());
        foreach (var site in Sites[2..])
        {
            var told = net[site].Progressed.Count;
            foreach (var (_, frames) in sticks) net.Import(site, frames);
            Assert.Equal(told, net[site].Progressed.Count);
        }
    }

    /// <summary>Nothing is delivered twice, and nobody is told that the desk has what it has not.</summary>
    private static void AssertTruth(TestNet net, List<EnvelopeKey> submitted)
    {
        var atDesk = net[1].Ids.ToList();
        Assert.Equal(atDesk.Count, atDesk.Distinct().Count());
        foreach (var key in submitted)
        {
            var custody = net[key.Origin].Disk.Envelopes.Single(one => one.Key == key);
            Assert.True(custody.Custody || atDesk.Contains(key.ToString()), $"{key} left custody and is not at the desk");
            Assert.Equal(custody.Custody, custody.State != MessageState.Ontvangen);
        }
    }

    private static List<ReadOnlyMemory<byte>> Mixed(List<ReadOnlyMemory<byte>> frames, Random chance) => [.. frames.Concat(frames.Where(_ => chance.Next(3) == 0)).OrderBy(_ => chance.Next())];
}
