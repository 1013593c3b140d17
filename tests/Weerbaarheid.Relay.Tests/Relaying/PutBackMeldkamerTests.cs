using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>
/// An earlier copy of the meldkamer's disk was put back. What its sites have no need to send again is missing in its report, what it makes arrives though its
/// numbers were used before, and nobody can make it believe so more than once a start.
/// </summary>
public sealed class PutBackMeldkamerTests
{
    private readonly TestNet _net = new();

    private TestNode Site => _net[11];

    private TestNode Meldkamer => _net[1];

    /// <summary>Also when the meldkamer has nothing of a site left: what it had is missing, and the report says so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_meldkamer_lost_is_missing_in_its_report(bool siteStarts)
    {
        Pair();
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Meldkamer.CopyDisk();
        for (var i = 1; i <= 3; i++) _net.Submit(11, TestNet.Melding(text: $"{i}"));
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(TestNet.Key(11, 3)));
        _net.Cut("ip");
        Meldkamer.PutBack(copy);
        _net.Restart(1);
        if (siteStarts) _net.Restart(11);
        _net.Restore("ip");
        var key = _net.Submit(11, TestNet.Melding(text: "vier")).Key;
        _net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(MessageState.Ontvangen, Site.Progressed.Last(one => one.Type == MessageType.Melding).State);
        var origin = Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11);
        Assert.Equal([(1UL, 3UL)], origin.Gaps.Take(1));
        Assert.True(origin.Missing >= 3);
        _net.Restart(1);
        Assert.Equal(origin.Missing, Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11).Missing);
        Assert.Contains(Meldkamer.Delivered, one => one.Message is Melding { Text: "vier" });
        Assert.NotEqual(default, key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bulletin_under_a_number_that_an_earlier_copy_gives_out_again_arrives(bool siteStarts)
    {
        Pair();
        _net.Submit(11, TestNet.Melding(text: "een"));
        Publish("bulletin 1");
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Meldkamer.CopyDisk();
        _net.Restart(1);
        _net.Run(TimeSpan.FromMinutes(5));
        Publish("bulletin 2");
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Cut("ip");
        Meldkamer.PutBack(copy);
        _net.Restart(1);
        if (siteStarts) _net.Restart(11);
        Publish("een ander bulletin 2");
        _net.Restore("ip");
        _net.Run(TimeSpan.FromHours(1));
        Assert.Contains(Site.Delivered, one => one.Message is Bulletin { Text: "een ander bulletin 2" });
    }

    [Fact]
    public void An_earlier_copy_of_the_meldkamer_is_noticed_and_what_it_lost_is_a_gap()
    {
        Pair();
        _net.Submit(11, TestNet.Melding(text: "een"));
        Assert.Equal("1-1", Publish("bulletin 1"));
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Meldkamer.CopyDisk();
        // A copy is made of a node that was stopped; when it goes on its states are of another block.
        _net.Restart(1);
        _net.Run(TimeSpan.FromMinutes(5));
        _net.Submit(11, TestNet.Melding(text: "twee"));
        Assert.Equal("1-2", Publish("bulletin 2"));
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Cut("ip");
        Meldkamer.PutBack(copy);
        _net.Restart(1);
        Assert.Equal("1-2", Publish("een ander bulletin 2"));
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(10));
        Assert.Contains(Site.Delivered, one => one.Message is Bulletin { Text: "een ander bulletin 2" });
        Assert.Contains(Meldkamer.Notes, note => note.Level == NoteLevel.Warning && note.Text.Contains("an earlier copy", StringComparison.Ordinal));
        Assert.Equal([(2UL, 2UL)], Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11).Gaps);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(64UL)]
    [InlineData(65UL)]
    public void A_thief_who_says_that_it_heard_more_costs_the_meldkamer_one_life_a_start_at_most(ulong lives)
    {
        Pair();
        _net.Run(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++)
        {
            var said = new Heartbeat { Priority = 4, HeardOf = 1, Heard = (lives << 24) + 5 + (ulong)i };
            Forge(said, 500_000 + (ulong)i);
            _net.Run(TimeSpan.FromSeconds(10));
        }

        var life = lives <= 64 ? lives + 1 : 0;
        Assert.Equal(life, Meldkamer.Disk.Records >> 24);
        var key = _net.Submit(11, TestNet.Melding(text: "en verder")).Key;
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
    }

    /// <summary>A heartbeat as whoever holds the keys of site 11 can make it.</summary>
    private void Forge(Heartbeat heartbeat, ulong sequence)
    {
        var (body, envelope) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        var length = MessageCodec.Encode(heartbeat, body);
        length = Envelope.Seal(Site.Keys, EnvelopeHeader.For(heartbeat, 0, 11, sequence), sequence, body.AsSpan(0, length), envelope);
        var writer = new FrameWriter(Site.Keys, 11, Meldkamer.Links[0].MaxFrame, FrameForm.Wide);
        writer.Address(1);
        Assert.True(writer.TryAddEnvelope(envelope.AsSpan(0, length), 0));
        _net.Hear(1, 0, writer.Finish());
    }

    private string Publish(string text) => _net.Submit(1, new Bulletin { Priority = 2, Number = 7, ValidHours = 24, Text = text }).Key.ToString();

    private void Pair()
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(11, Role.Noodsteunpunt);
        _net.Join("ip", 1_000_000, 11, 1);
        _net.Start();
    }
}
