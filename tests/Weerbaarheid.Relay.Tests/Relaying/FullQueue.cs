using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>What a noodsteunpunt makes of its airtime when more waits than may be transmitted, in simulated time.</summary>
/// <param name="Share">Of the allowed airtime, what carried records for the first time; the frame's own bytes go with what is in it.</param>
/// <param name="Received">Meldingen of which the noodsteunpunt knows that they arrived.</param>
/// <param name="WorstHour">The most that was transmitted in any hour, as a share of that hour.</param>
internal sealed record FullQueue(double Share, int Received, double WorstHour)
{
    /// <summary>RNode, SF8, 125 kHz, in the sub-band where a tenth of the time is allowed; meldingen of all priorities.</summary>
    internal const double DutyCycle = 0.1;

    /// <summary>The first hour may use a whole budget at once and says little; it is not counted.</summary>
    private static readonly TimeSpan FirstHour = TimeSpan.FromHours(1);

    internal static FullQueue Run(TimeSpan length, double loss, IReadOnlyList<string> texts, ulong seed = 1)
    {
        var net = new RadioNet(new SimulatedMediumOptions(MaxFrame: 254, BitRate: 1_000_000_000, Loss: loss), OnAir, DutyCycle, overhead: 0, seed);
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Start(TimeSpan.FromSeconds(90));
        // No melding takes less than a seventh of a second.
        for (var i = 0; i < (FirstHour + length).TotalSeconds * DutyCycle * 7; i++) net.Submit(11, new Melding { Priority = (byte)(1 + (i % 4)), Text = texts[i % texts.Count] });
        var began = net.Now + FirstHour;
        net.RunUntil(began);
        var before = net.ReceivedBy(11);
        net.RunUntil(began + length);
        var mine = net.Transmissions.Where(one => one.From == 11).ToList();
        var allowed = length * DutyCycle;
        return new FullQueue(FirstTime(net, began) / allowed, net.ReceivedBy(11) - before, WorstHourOf([.. mine.Select(one => (one.At, one.Airtime))]));
    }

    private static TimeSpan OnAir(int bytes) => LoRaAirtime.Of(new LoRaSettings(8, Preamble: 18), bytes + 1);

    private static TimeSpan FirstTime(RadioNet net, TimeSpan began)
    {
        var watch = new FrameWatch(net[1].Keys);
        var known = new HashSet<EnvelopeKey>();
        var useful = TimeSpan.Zero;
        foreach (var one in net.Transmissions.Where(one => one.From == 11))
        {
            var records = watch.RecordsIn(one.Frame);
            var isNew = records.Count(known.Add);
            if (records.Count > 0 && one.At >= began) useful += one.Airtime * isNew / records.Count;
        }

        return useful;
    }

    private static double WorstHourOf(List<(TimeSpan At, TimeSpan Airtime)> sent) => sent
        .Select((first, i) => sent.Skip(i).TakeWhile(one => one.At + one.Airtime <= first.At + TimeSpan.FromHours(1)).Sum(one => one.Airtime.TotalHours))
        .DefaultIfEmpty()
        .Max();
}
