using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Two nodes on a LoRa channel (SF8, 125 kHz) in simulated time.</summary>
public sealed class RadioTests
{
    private const string Long = "Grote brand in de loods achter de boerderij aan de Zijldijk, vee staat nog binnen, rook trekt richting het dorp en de snelweg";

    private static TimeSpan OnAir(int bytes) => LoRaAirtime.Of(new LoRaSettings(8, Preamble: 18), bytes + 1);

    private static RadioNet Pair(int maxFrame = 222, double dutyCycle = 1, double loss = 0, double duplication = 0, TimeSpan jitter = default, ulong seed = 1)
    {
        var options = new SimulatedMediumOptions(maxFrame, 1_000_000_000, Loss: loss, Duplication: duplication, Jitter: jitter);
        var net = new RadioNet(options, OnAir, dutyCycle, overhead: 0, seed);
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Start(TimeSpan.FromMinutes(5));
        return net;
    }

    private static Melding Melding(byte priority, string text = Long) => new() { Priority = priority, Text = text };

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(1, count).Select(number => $"11-{number}");

    [Theory]
    [InlineData(32)]
    [InlineData(51)]
    [InlineData(100)]
    [InlineData(254)]
    public void Whatever_the_longest_frame_everything_arrives_once_both_ways(int maxFrame)
    {
        var net = Pair(maxFrame, loss: 0.1, seed: (ulong)maxFrame);
        for (var i = 0; i < 12; i++) net.Submit(11, Melding((byte)(1 + (i % 4)), string.Concat(Enumerable.Repeat(Long, 1 + (i % 3)))));
        var bulletin = new Bulletin { Priority = 2, Number = 1, ValidHours = 4, Text = string.Concat(Enumerable.Repeat("Kook het water. ", 60)) };
        Assert.Equal(Refusal.None, net.Submit(1, bulletin).Refusal);
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 12 && net[11].Ids.Contains("1-1"), TimeSpan.FromHours(2)), $"{net.ReceivedBy(11)} {string.Join(" ", net[11].Ids)} {string.Join(" ", net[1].Ids)} {net.Transmissions.Count}");
        Assert.Equal(Ids(12), net[1].Ids.Where(id => id != "1-1").Order(ByNumber));
        Assert.Equal(bulletin.Text, Assert.IsType<Bulletin>(net[11].Delivered.Single(one => one.Message is Bulletin).Message).Text);
        Assert.All(net.Transmissions, one => Assert.InRange(one.Frame.Length, 1, maxFrame));
    }

    [Theory]
    [InlineData(0.3, 0, 0)]
    [InlineData(0.6, 0.1, 0)]
    [InlineData(0.2, 0.3, 3_000)]
    public void Loss_repeats_and_frames_that_overtake_each_other_lose_and_double_nothing(double loss, double duplication, int jitter)
    {
        var net = Pair(loss: loss, duplication: duplication, jitter: TimeSpan.FromMilliseconds(jitter), seed: 7);
        for (var i = 0; i < 60; i++) net.Submit(11, Melding((byte)(1 + (i % 4))));
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 60, TimeSpan.FromHours(3)), $"{net.ReceivedBy(11)} of 60");
        Assert.Equal(Ids(60), net[1].Ids.Order(ByNumber));
    }

    [Fact]
    public void A_frame_lost_in_the_middle_of_a_burst_is_sent_again_as_soon_as_the_next_is_answered()
    {
        var net = Pair();
        var frames = 0;
        net.Loses = (from, frame) => from == 11 && frame.Length > 100 && ++frames == 2;
        var began = net.Now;
        for (var i = 0; i < 12; i++) net.Submit(11, Melding(2));
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 12, TimeSpan.FromMinutes(1)));
        // Three full frames, an answer, the lost one and its answer; waiting for a silence alone takes longer than all of that.
        Assert.InRange((net.Now - began).TotalSeconds, 1, 4.5);
        Assert.True(frames >= 3, "nothing was lost");
    }

    [Fact]
    public void Something_urgent_leaves_between_two_pieces_of_something_long()
    {
        var net = Pair(maxFrame: 51);
        net.Submit(11, Melding(4, string.Concat(Enumerable.Range(0, 100).Select(i => $"{i * 7919} "))[..500]));
        net.RunUntil(net.Now + TimeSpan.FromSeconds(1));
        var urgentAt = net.Now;
        net.Submit(11, Melding(1, "Man onwel"));
        Assert.True(net.RunUntil(() => net[1].Ids.Contains("11-2"), TimeSpan.FromSeconds(2)), "the urgent one waited for the long one");
        Assert.DoesNotContain("11-1", net[1].Ids);
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 2, TimeSpan.FromMinutes(2)));
        Assert.True(net.Transmissions.Count(one => one.From == 11 && one.At > urgentAt) > 3, "the long one was not under way");
    }

    [Fact]
    public void No_hour_holds_more_than_the_duty_cycle_whatever_the_queue_and_however_often_it_restarts()
    {
        const double dutyCycle = 0.01;
        var net = Pair(dutyCycle: dutyCycle, loss: 0.1);
        for (var i = 0; i < 2_000; i++) net.Submit(11, Melding((byte)(1 + (i % 4))));
        for (var minutes = 0; minutes < 240; minutes += 17)
        {
            net.RunUntil(net.Now + TimeSpan.FromMinutes(17));
            net.Restart(11);
            if (minutes % 2 == 0) net.Restart(1);
        }

        foreach (ushort site in new ushort[] { 1, 11 })
        {
            var mine = net.Transmissions.Where(one => one.From == site).ToList();
            Assert.All(mine, last => Assert.True(
                mine.Where(one => one.At > last.At + last.Airtime - TimeSpan.FromHours(1) && one.At <= last.At).Sum(one => one.Airtime.TotalHours) <= dutyCycle,
                $"site {site} transmitted more than allowed in the hour before {last.At}"));
        }

        // And what is allowed is used: at least four fifths of it, restarts and all.
        var used = net.Transmissions.Where(one => one.From == 11 && one.At > TimeSpan.FromMinutes(5)).Sum(one => one.Airtime.TotalHours);
        Assert.InRange(used, 0.8 * 4 * dutyCycle, 5 * dutyCycle);
    }

    [Fact]
    public void What_is_urgent_still_goes_when_the_rest_used_up_its_airtime()
    {
        var net = Pair(dutyCycle: 0.01);
        for (var i = 0; i < 1_000; i++) net.Submit(11, Melding(4));
        net.RunUntil(net.Now + TimeSpan.FromMinutes(20));
        var began = net.Now;
        net.RunUntil(net.Now + TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(net.Transmissions, one => one.From == 11 && one.At > began && ItemsOf(net, one.Frame).Contains(FrameItem.Envelope));
        net.Submit(11, Melding(1, "Man onwel"));
        Assert.True(net.RunUntil(() => net[11].StateOf(new EnvelopeKey(11, Series.Records, 1_001)) == MessageState.Ontvangen, TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(180)]
    [InlineData(7_200)]
    public void After_an_outage_it_flows_again_within_ten_seconds_and_nothing_is_lost(int seconds)
    {
        var net = Pair();
        net.Medium.Cut();
        for (var i = 0; i < 10; i++) net.Submit(11, Melding(2));
        net.RunUntil(net.Now + TimeSpan.FromSeconds(seconds));
        net.Medium.Restore();
        Assert.True(net.RunUntil(() => net[1].Ids.Any(), TimeSpan.FromSeconds(10)), "nothing after ten seconds");
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 10, TimeSpan.FromSeconds(30)), $"{net.ReceivedBy(11)} of 10");
        Assert.Equal(Ids(10), net[1].Ids.Order(ByNumber));
    }

    [Fact]
    public void A_neighbour_that_is_gone_is_called_ever_so_often_and_not_shouted_at()
    {
        var net = Pair(dutyCycle: 0.1);
        net.Medium.Cut();
        for (var i = 0; i < 10; i++) net.Submit(11, Melding(1));
        net.RunUntil(net.Now + TimeSpan.FromMinutes(2));
        var before = net.Airtime;
        net.RunUntil(net.Now + TimeSpan.FromHours(1));
        // Both sides: a tenth of what is allowed for calls, and a few hundredths for beacons.
        Assert.InRange((net.Airtime - before).TotalSeconds, 1, 2 * 0.15 * 360);
    }

    [Fact]
    public void One_receipt_answers_a_burst_and_takes_the_place_of_acknowledgements()
    {
        var net = Pair();
        net.RunUntil(net.Now + TimeSpan.FromMinutes(1));
        var before = net.Transmissions.Count;
        for (var i = 0; i < 12; i++) net.Submit(11, Melding(2, "Rook"));
        Assert.True(net.RunUntil(() => net.ReceivedBy(11) == 12, TimeSpan.FromSeconds(20)));
        var frames = net.Transmissions.Skip(before).ToList();
        Assert.InRange(frames.Count(one => one.From == 1), 1, 3);
        Assert.All(frames.Where(one => one.From == 1), one => Assert.DoesNotContain(FrameItem.Acknowledgement, ItemsOf(net, one.Frame)));
    }

    [Fact]
    public void Bytes_for_a_message_and_its_receipt_stay_within_their_budget()
    {
        var net = Pair();
        var before = net.WireBytes;
        for (var i = 1; i <= 20; i++)
        {
            net.Submit(11, Melding(2, Long[..100]));
            var target = i;
            Assert.True(net.RunUntil(() => net.ReceivedBy(11) == target, TimeSpan.FromSeconds(30)));
        }

        // 6 bytes of a transparent radio's own framing come on top of each of the two frames.
        Assert.InRange((net.WireBytes - before) / 20.0, 40, 110 - 12);
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(0.2, 0.55)]
    public void With_a_full_queue_most_of_the_allowed_airtime_carries_something_new(double loss, double least)
    {
        var run = FullQueue.Run(TimeSpan.FromHours(1), loss, HeldOutTexts.Dutch);
        Assert.InRange(run.Share, least, 1);
        Assert.InRange(run.WorstHour, 0.9 * FullQueue.DutyCycle, FullQueue.DutyCycle);
    }

    private static List<FrameItem> ItemsOf(RadioNet net, ReadOnlyMemory<byte> frame)
    {
        var items = new List<FrameItem>();
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(net[1].Keys, FrameForm.Narrow, frame.Span, out var reader));
        while (reader.Next() is var item and not FrameItem.End) items.Add(item);
        return items;
    }

    private static readonly Comparer<string> ByNumber = Comparer<string>.Create((a, b) => Number(a).CompareTo(Number(b)));

    private static int Number(string id) => int.Parse(id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
