using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>An amateur link ("ham") among others: states pass, records wait for another link, and nothing encrypted is ever transmitted on it.</summary>
public sealed class OnlyClearTests
{
    private static readonly Status Open = new() { State = SiteState.Open, Present = 84 };

    [Fact]
    public void Statuses_and_heartbeats_pass_and_a_melding_waits_until_there_is_another_link()
    {
        var net = Pair();
        net.Cut("internet");
        net.Submit(11, Open);
        Assert.Equal(Refusal.None, net.Submit(11, TestNet.Melding(1)).Refusal);
        Assert.Equal(Refusal.None, net.Submit(11, TestNet.Melding(3)).Refusal);
        net.Run(TimeSpan.FromHours(3));
        Assert.Equal(Open, Assert.Single(net[1].Delivered).Message);
        var origin = net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11);
        Assert.InRange(net.Now - origin.LastHeard!.Value, TimeSpan.Zero, TimeSpan.FromHours(1.1));
        // Announced by the heartbeat: the meldkamer knows what it is missing.
        Assert.Equal(2UL, origin.Missing);
        Assert.Equal(MessageState.Opgeslagen, net[11].StateOf(TestNet.Key(11, 1)));
        var status = net[11].Core.Status(net.Now);
        Assert.Equal(((string?)null, (ushort?)1, 2), (status.WayUp, status.NextSite, status.Waiting.Sum()));
        RequireNothingEncrypted(net);

        net.Restore("internet");
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(["11-1", "11-2"], net[1].Ids.Order());
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(TestNet.Key(11, 2)));
        RequireNothingEncrypted(net);
    }

    [Fact]
    public void A_receipt_passes_and_the_desks_reference_follows_over_another_link()
    {
        var net = Pair();
        net.Loses = (from, _, _) => from == 1;
        net.Submit(11, TestNet.Melding());
        Assert.Equal(["11-1"], net[1].Ids);
        net.Cut("internet");
        net.Loses = (_, _, _) => false;
        net.Submit(1, new Amend { ForSite = 11, ForSequence = 1, Kind = AmendKind.InBehandeling, Text = "mw. Jansen" });
        net.Run(TimeSpan.FromHours(1));
        var step = net[11].Progressed.Last(one => one.Key == TestNet.Key(11, 1));
        Assert.Equal((MessageState.InBehandeling, (string?)null), (step.State, step.Reference));
        RequireNothingEncrypted(net);
        Assert.Contains(Envelopes(net, "ham"), header => header is { Type: MessageType.Receipt, Mode: SealMode.Clear });

        net.Restore("internet");
        net.Run(TimeSpan.FromMinutes(15));
        Assert.Equal("mw. Jansen", net[11].Progressed.Last(one => one.Key == TestNet.Key(11, 1)).Reference);
        RequireNothingEncrypted(net);
    }

    [Fact]
    public void With_another_way_everything_is_sealed_and_goes_there_even_when_it_is_longer()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.JoinOnlyClear("ham", 1, 11);
        net.Join("radio", 1_200, 11, 12);
        net.Join("far radio", 1_200, 12, 1);
        net.Start();
        net.Run(TimeSpan.FromMinutes(5));
        net.Submit(11, TestNet.Melding());
        net.Submit(11, Open);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal("radio", net[11].Core.Status(net.Now).WayUp);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(TestNet.Key(11, 1)));
        Assert.All(Envelopes(net, "radio").Where(header => header.Origin == 11), header => Assert.Equal(SealMode.Sealed, header.Mode));
        RequireNothingEncrypted(net);
    }

    [Fact]
    public void A_way_that_takes_nothing_sealed_is_no_way_for_neighbours()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.JoinOnlyClear("ham", 1, 11);
        net.Join("cable", 1_000_000, 11, 12);
        net.Start();
        net.Submit(12, TestNet.Melding());
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Null(net[12].Core.Status(net.Now).NextSite);
        Assert.Equal(MessageState.Opgeslagen, net[12].StateOf(TestNet.Key(12, 1)));
        RequireNothingEncrypted(net);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_coordinatiepunt_tells_the_statuses_of_its_sites_in_a_sitrap_in_clear(int sites)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(21, Role.Coordinatiepunt);
        for (var site = 11; site < 11 + sites; site++) net.Add((ushort)site, Role.Noodsteunpunt);
        net.JoinOnlyClear("ham", 1, 21);
        net.Join("lora", 5_000, [21, .. Enumerable.Range(11, sites).Select(site => (ushort)site)]);
        net.Start();
        net.Run(TimeSpan.FromMinutes(10));
        for (var site = 11; site < 11 + sites; site++)
        {
            net.Submit((ushort)site, Open with { Present = site });
            net.Submit((ushort)site, TestNet.Melding());
        }

        net.Run(TimeSpan.FromMinutes(20));
        var rows = net[1].Delivered.Select(one => one.Message).OfType<Sitrap>().SelectMany(sitrap => sitrap.Rows).DistinctBy(row => row.Site);
        Assert.Equal(Enumerable.Range(11, sites), rows.Select(row => row.Present!.Value).Order());
        // The meldingen are with the people of the coördinatiepunt, and nobody was told otherwise.
        Assert.Equal(sites, net[21].Ids.Count());
        Assert.All(net[21].Ids, id => Assert.DoesNotContain(id, net[1].Ids));
        Assert.All(Enumerable.Range(11, sites), site => Assert.Equal(MessageState.Verzonden, net[(ushort)site].StateOf(TestNet.Key((ushort)site, 1))));
        RequireNothingEncrypted(net);
    }

    [Fact]
    public void A_bulletin_passes_whole_or_in_pieces()
    {
        var net = Pair();
        net.Cut("internet");
        var text = string.Concat(Enumerable.Range(1, 60).Select(number => $"Punt {number * 7919}. "));
        net.Submit(1, new Bulletin { Priority = 2, Number = 1, ValidHours = 4, Text = text });
        net.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(text, Assert.IsType<Bulletin>(net[11].Delivered.Single().Message).Text);
        RequireNothingEncrypted(net);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_and_goes_nothing_encrypted_is_transmitted_and_every_record_arrives_in_the_end(int seed)
    {
        var random = new Random(seed);
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(21, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.JoinOnlyClear("ham", 1, 21, 11);
        net.Join("lora", 5_000, 21, 11);
        net.Join("internet", 1_000_000, 1, 21, 11);
        net.Loses = (_, _, _) => random.Next(10) == 0;
        net.Start();
        for (var i = 0; i < 60; i++)
        {
            var medium = (string[])["ham", "lora", "internet", "internet"];
            if (random.Next(2) == 0) net.Cut(medium[random.Next(4)], isReported: random.Next(2) == 0);
            if (random.Next(2) == 0) net.Restore(medium[random.Next(4)]);
            var site = random.Next(2) == 0 ? (ushort)11 : (ushort)21;
            net.Submit(site, random.Next(3) == 0 ? Open : TestNet.Melding((byte)random.Next(1, 5)));
            if (net[1].Ids.FirstOrDefault() is { } id && random.Next(4) == 0)
                net.Submit(1, new Amend { ForSite = ushort.Parse(id[..2]), ForSequence = ulong.Parse(id[3..]), Kind = AmendKind.InBehandeling, Text = $"G-{i}" });
            net.Run(TimeSpan.FromSeconds(random.Next(1, 120)));
        }

        foreach (var medium in (string[])["ham", "lora", "internet"]) net.Restore(medium);
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromHours(3));
        foreach (var site in (ushort[])[11, 21])
        {
            var made = net[site].Disk.Envelopes.Where(stored => stored.Key is { Series: Series.Records } key && key.Origin == site).Select(stored => stored.Key.ToString());
            Assert.Empty(made.Except(net[1].Ids));
        }

        Assert.Equal(net[1].Ids.Distinct(), net[1].Ids);
        RequireNothingEncrypted(net);
        Assert.NotEmpty(Envelopes(net, "ham"));
    }

    /// <summary>A noodsteunpunt and the meldkamer, over the air and over the internet.</summary>
    private static TestNet Pair()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.JoinOnlyClear("ham", 1, 11);
        net.Join("internet", 1_000_000, 1, 11);
        net.Start();
        return net;
    }

    private static void RequireNothingEncrypted(TestNet net) =>
        Assert.All(Envelopes(net, "ham"), header => Assert.True(header.Mode is SealMode.Clear or SealMode.Signature, $"{header}"));

    /// <summary>The headers of all envelopes that were transmitted on a medium, also of those that went in pieces: the first piece begins with it.</summary>
    private static List<EnvelopeHeader> Envelopes(TestNet net, string medium)
    {
        var headers = new List<EnvelopeHeader>();
        foreach (var (from, _, frame) in net.Frames.Where(one => one.Medium == medium))
        {
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(net[from].Keys, medium == "internet" ? FrameForm.Wide : FrameForm.Narrow, frame.Bytes.Span, out var reader));
            while (reader.Next() is var item and not FrameItem.End)
            {
                Assert.NotEqual(FrameItem.Unreadable, item);
                var envelope = item == FrameItem.Envelope ? reader.Envelope : item == FrameItem.Fragment && reader.Fragment.Index == 0 ? reader.Bytes : default;
                if (envelope.IsEmpty) continue;
                Assert.True(EnvelopeHeader.TryRead(envelope, out var header));
                headers.Add(header);
            }
        }

        return headers;
    }
}
