using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Recordings of genuine frames, which a stranger can play without any key.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void A_replayed_frame_makes_nobody_transmit()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.First(one => one is { From: 11, Frame.To: not null }).Frame.Bytes;
        net.Frames.Clear();
        for (var i = 0; i < 100; i++)
        {
            net.Hear(1, 0, recorded);
            net.Run(TimeSpan.FromSeconds(1));
        }

        // Six at once, and then one in two seconds, which is a tenth of the time on this link.
        Assert.InRange(net.Frames.Count(one => one is { From: 1, Frame.To: not null }), 1, 6 + 50 + 2);
    }

    [Fact]
    public void Recordings_spend_half_of_the_hours_airtime_and_leave_the_rest_to_honest_messages()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.JoinLimited("lora", 2_000, 0.01, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.First(one => one is { From: 11, Frame.To: not null }).Frame.Bytes;
        for (var i = 0; i < 1_800; i++)
        {
            net.Hear(1, 0, recorded);
            net.Run(TimeSpan.FromSeconds(1));
        }

        // Half of 36 s, what went before, and then a tenth of that time in answers that are rationed; 80 s would be all answers.
        var air = net[1].Core.Status(net.Now).Links[0].Air!;
        Assert.InRange(air.Spent.TotalSeconds, 10, 25);
        net.Submit(11, Melding(1));
        var urgent = net.Submit(11, Melding(1)).Key;
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(urgent));
    }

    [Fact]
    public void Who_only_plays_recordings_of_a_neighbour_is_left_for_a_way_that_works()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Join("packet", 1_200, 2, 11);
        net.Join("fibre", 10_000_000, 1, 2);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal("lora", net[11].Core.Status(net.Now).WayUp);
        var recorded = net.Frames.Last(one => one is { From: 1, Medium: "lora", Frame.To: null }).Frame.Bytes;
        net.Cut("lora", isReported: false);
        var key = net.Submit(11, Melding(3)).Key;
        for (var i = 0; i < 600 && net[11].StateOf(key) != MessageState.Ontvangen; i++)
        {
            net.Hear(11, 0, recorded);
            net.Run(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(key));
        Assert.Equal(["11-1"], net[1].Ids);
    }

    [Fact]
    public void A_recording_that_is_played_does_not_keep_the_origin_itself_from_its_receipt()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.First(one => one is { From: 11, Frame.To: not null }).Frame.Bytes;
        for (var i = 0; i < 200; i++) net.Hear(1, 0, recorded);
        var key = net.Submit(11, Melding(2)).Key;
        net.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(key));
    }

    [Fact]
    public void After_a_restart_of_all_a_recording_of_everything_delivers_nothing_and_earns_no_more_than_the_ration()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.Join("high", 2_000, 1, 11);
        net.Join("low", 2_000, 11, 12);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        for (var i = 0; i < 10; i++)
        {
            net.Submit(11, Melding((byte)(1 + (i % 4))));
            net.Submit(12, Melding((byte)(1 + (i % 4))));
            net.Submit(12, new Status { Present = i });
            net.Run(TimeSpan.FromMinutes(1));
            if (i == 5) net.Order(1, KeyOrderKind.Rotate);
        }

        var delivered = net[1].Delivered.Count;
        Assert.Equal(20, net[1].Ids.Distinct().Count());
        var recorded = net.Frames.ToList();
        foreach (ushort site in (ushort[])[1, 11, 12]) net.Restart(site);
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        var start = net.Now;
        for (var round = 0; round < 2; round++)
        {
            foreach (var (from, medium, frame) in recorded)
            {
                net.Hear(from == 1 || (from == 12 && medium == "low") ? (ushort)11 : medium == "high" ? (ushort)1 : (ushort)12, from == 12 ? 1 : 0, frame.Bytes);
                net.Run(TimeSpan.FromSeconds(0.2));
            }
        }

        Assert.Equal(delivered, net[1].Delivered.Count);
        Assert.Equal(20, net[1].Disk.Envelopes.Count(one => one.Key.Series == Series.Records));
        Assert.Equal(1, net[12].Core.Status(net.Now).Keys.Epoch);
        // A tenth of the time is one answer in two seconds on each link, and the first six. A relay without the key cannot know a recording
        // from the real thing: it passes each on once, which is a frame for every one that was played, and acknowledges it.
        var ration = 6 + ((net.Now - start).TotalSeconds / 2) + 10;
        var unread = recorded.Where(one => one.From != 11).SelectMany(one => Unread(net, one.Frame.Bytes)).Distinct().Count();
        Assert.InRange(unread, 20, 80);
        foreach (var (site, most) in new[] { (1, ration), (12, ration), (11, (2 * ration) + (2 * unread)) })
            Assert.InRange(net.Frames.Count(one => one.From == site && one.Frame.To is not null), 0, most);
        Assert.Equal(Key(12, 11), net.Submit(12, Melding()).Key);
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Contains("12-11", net[1].Ids);
    }

    /// <summary>Envelopes in a frame that site 11 has no key for.</summary>
    private static List<string> Unread(TestNet net, ReadOnlyMemory<byte> frame)
    {
        var found = new List<string>();
        FrameReader.TryOpen(net[1].Keys, FrameForm.Narrow, frame.Span, out var reader);
        for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
            if (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header) && header.Mode == SealMode.Sealed && !(header.Origin == 11 || header.Destination == 11)) found.Add(Convert.ToHexString(reader.Envelope));
        return found;
    }
}
