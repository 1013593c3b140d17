using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class RadioFigures(ITestOutputHelper log)
{
    private const int UartOverhead = 6;

    private static readonly string[] Texts = [.. File.ReadLines(Path.Combine(Root(), "samples/corpus/test/meldingen.txt")).Where(line => line.Length >= 60).Select(Hundred)];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Weerbaarheid.Relay.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static string Hundred(string line) => (line + " graag zo snel mogelijk iemand sturen, wij wachten bij de ingang van het gebouw op jullie")[..100];

    private static TimeSpan Serial(int bytes) => TimeSpan.FromSeconds((bytes + UartOverhead) * 10 / 1200.0);

    private static TimeSpan Rnode(int bytes) => LoRaAirtime.Of(new LoRaSettings(8, Preamble: 18), bytes + 1);

    private static RadioNet Net(Func<int, TimeSpan> time, double duty = 1, double loss = 0, double ber = 0, int maxFrame = 233, ulong seed = 1)
    {
        var net = new RadioNet(new SimulatedMediumOptions(maxFrame, 1_000_000_000, Loss: loss, BitErrorRate: ber), time, duty, UartOverhead, seed);
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Start(TimeSpan.FromSeconds(90));
        return net;
    }

    private void OneByOne(string name, RadioNet net, int count, Func<int, string> text)
    {
        var (bytes, air, began) = (net.WireBytes, net.Airtime, net.Now);
        for (var i = 0; i < count; i++)
        {
            net.Submit(11, new Melding { Priority = 2, Text = text(i) });
            var target = i + 1;
            if (!net.RunUntil(() => net.ReceivedBy(11) >= target, TimeSpan.FromMinutes(20))) break;
        }

        Tell(name, net, bytes, air, began, net.ReceivedBy(11), count);
    }

    private void AtOnce(string name, RadioNet net, int count, Func<int, string> text)
    {
        var (bytes, air, began) = (net.WireBytes, net.Airtime, net.Now);
        for (var i = 0; i < count; i++) net.Submit(11, new Melding { Priority = 2, Text = text(i) });
        net.RunUntil(() => net.ReceivedBy(11) >= count, TimeSpan.FromMinutes(20));
        Tell(name, net, bytes, air, began, net.ReceivedBy(11), count);
    }

    private void Tell(string name, RadioNet net, long bytes, TimeSpan air, TimeSpan began, int received, int count) =>
        log.WriteLine($"{name}: {received}/{count}, {(net.WireBytes - bytes) / (double)received:0.0} bytes, {(net.Airtime - air).TotalSeconds / received:0.000} s air, {(net.Now - began).TotalSeconds:0.0} s");

    [Fact]
    public void Figures()
    {
        var random = new Random(7);
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        string Noise(int i) => new([.. Enumerable.Range(0, 100).Select(_ => letters[random.Next(64)])]);
        string Dutch(int i) => Texts[i % Texts.Length];
        OneByOne("serial one by one", Net(Serial), 20, Dutch);
        OneByOne("serial one by one, random", Net(Serial), 20, Noise);
        AtOnce("serial 20 at once", Net(Serial), 20, Dutch);
        OneByOne("serial ber 1e-4", Net(Serial, ber: 1e-4), 40, Dutch);
        OneByOne("serial ber 1e-3", Net(Serial, ber: 1e-3), 8, Dutch);
        OneByOne("rnode one by one", Net(Rnode, 0.1, maxFrame: 254), 20, Dutch);
        AtOnce("rnode 20 at once", Net(Rnode, 0.1, maxFrame: 254), 20, Dutch);
        foreach (var seconds in new[] { 30, 180 })
        {
            var net = Net(Serial);
            for (var i = 0; i < 10; i++) net.Submit(11, new Melding { Priority = 2, Text = Dutch(i) });
            net.RunUntil(net.Now + TimeSpan.FromSeconds(1));
            net.Medium.Cut();
            net.RunUntil(net.Now + TimeSpan.FromSeconds(seconds));
            net.Medium.Restore();
            var back = net.Now;
            net.RunUntil(() => net.ReceivedBy(11) >= 1, TimeSpan.FromMinutes(10));
            var first = net.Now - back;
            net.RunUntil(() => net.ReceivedBy(11) >= 10, TimeSpan.FromMinutes(10));
            log.WriteLine($"cut {seconds} s: {net.ReceivedBy(11)}/10, first after {first.TotalSeconds:0.0} s, all after {(net.Now - back).TotalSeconds:0.0} s");
        }

        foreach (var loss in new[] { 0.0, 0.2 })
        {
            var net = Net(Rnode, 0.1, loss, maxFrame: 254);
            for (var i = 0; i < 8000; i++) net.Submit(11, new Melding { Priority = (byte)(1 + (i % 4)), Text = Dutch(i) });
            var start = net.Now;
            net.RunUntil(net.Now + TimeSpan.FromHours(3));
            var mine = net.Transmissions.Where(one => one.From == 11 && one.At >= start).ToList();
            var fresh = new HashSet<EnvelopeKey>();
            var useful = TimeSpan.Zero;
            foreach (var one in mine)
            {
                var records = new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(one.Frame);
                var isNew = records.Count(fresh.Add);
                if (records.Count > 0) useful += one.Airtime * isNew / records.Count;
            }

            var most = Enumerable.Range(0, 120).Max(m => mine.Where(o => o.At >= start + TimeSpan.FromMinutes(m) && o.At < start + TimeSpan.FromMinutes(m + 60)).Sum(o => o.Airtime.TotalSeconds));
            log.WriteLine($"full queue, loss {loss:P0}: {useful.TotalSeconds / (3 * 360):P1} of the allowed airtime carries payload for the first time, {net.ReceivedBy(11)} received, most in an hour {most:0.0} s, total {mine.Sum(o => o.Airtime.TotalSeconds):0} s, other {net.Transmissions.Where(o => o.From == 1 && o.At >= start).Sum(o => o.Airtime.TotalSeconds):0} s");
        }
    }
}
