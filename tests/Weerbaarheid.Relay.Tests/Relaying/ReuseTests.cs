using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>
/// An earlier copy of a site's whole disk was put back, its life file too, so nothing on it shows that numbers are given out a second time.
/// What was acknowledged after that arrives, under whatever number, and nobody is told "ontvangen" of what the meldkamer does not have.
/// </summary>
public sealed class ReuseTests
{
    private const int Before = 4;

    private readonly TestNet _net = new();

    private TestNode Site => _net[11];

    private TestNode Meldkamer => _net[1];

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(9, false)]
    [InlineData(9, true)]
    public void What_is_numbered_a_second_time_arrives_under_another_number(int again, bool startsOnceMore)
    {
        Pair();
        FallBack();
        HandInAgain(again);
        if (startsOnceMore) _net.Restart(11);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(5));
        RequireAllArrived(again);
        Assert.Contains(Site.Notes, note => note.Level == NoteLevel.Warning && note.Text.Contains("an earlier copy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void When_frames_with_what_was_numbered_twice_are_lost_no_receipt_for_the_first_passes_for_the_second(int again)
    {
        Pair();
        FallBack();
        HandInAgain(again);
        // Heartbeats get through, and the last record, so that receipts name all numbers that the meldkamer ever had.
        _net.Loses = (from, _, frame) => from == 11 && Records(frame).Any(key => key.Sequence < (ulong)again + 1);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(Site.Progressed, IsUntrue);
        _net.Loses = (_, _, _) => false;
        _net.Run(TimeSpan.FromMinutes(30));
        RequireAllArrived(again);
    }

    [Fact]
    public void Until_a_check_came_no_receipt_is_believed_of_what_was_numbered_since_the_start()
    {
        Pair();
        FallBack();
        HandInAgain(3);
        // Nothing but the newest record gets through: no heartbeat, and so no question.
        _net.Loses = (from, _, frame) => from == 11 && (Records(frame).Count == 0 || Records(frame).Any(key => key.Sequence < 5));
        _net.Restore("ip");
        _net.Run(TimeSpan.FromSeconds(5));
        _net.Submit(1, new Amend { Priority = 2, Kind = AmendKind.InBehandeling, ForSite = 11, ForSequence = 2, Text = "G-1" });
        Assert.Equal("11-5", _net.Submit(11, TestNet.Melding(text: "later 4"), "ref-4").Key.ToString());
        _net.Run(TimeSpan.FromSeconds(10));
        Assert.Contains("11-5", Meldkamer.Ids);
        Assert.DoesNotContain(Site.Progressed, one => one.State is MessageState.Ontvangen or MessageState.InBehandeling);
        _net.Loses = (_, _, _) => false;
        _net.Run(TimeSpan.FromMinutes(30));
        RequireAllArrived(4);
        Assert.DoesNotContain(Site.Progressed, one => one.State == MessageState.InBehandeling);
    }

    [Fact]
    public void The_first_record_stays_what_it_is_and_the_second_is_counted_and_told()
    {
        Pair();
        FallBack();
        HandInAgain(2);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(2, Meldkamer.Core.Status(_net.Now).Tallies["reused"]);
        Assert.Equal(2, Meldkamer.Notes.Count(note => note.Text.StartsWith("site 11 sent another record under number", StringComparison.Ordinal)));
        var first = Meldkamer.Disk.Envelopes.Single(stored => stored.Key == TestNet.Key(11, 2));
        Assert.Equal("vroeger 2", Assert.IsType<Melding>(StoredMessages.Open(Meldkamer.Keys, first)).Text);
        Assert.Equal(["11-1", "11-2", "11-3", "11-4", "11-1.1", "11-1.2"], Meldkamer.Ids);
        Assert.Equal(0UL, MissingOfSite);
    }

    /// <summary>It was on a coördinatiepunt alone when the site fell back: nobody can number it anew, and the meldkamer must not believe that it has all.</summary>
    [Fact]
    public void A_second_record_that_its_origin_lost_is_missing()
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(2, Role.Coordinatiepunt);
        _net.Add(11, Role.Noodsteunpunt);
        _net.Join("ip", 1_000_000, 11, 2);
        _net.Join("glas", 1_000_000, 2, 1);
        _net.Join("direct", 1_000_000, 11, 1);
        _net.Start();
        _net.Submit(11, TestNet.Melding(text: "vroeger 1"));
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Site.CopyDisk();
        _net.Cut("glas");
        _net.Cut("direct");
        _net.Submit(11, TestNet.Melding(text: "verloren"));
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Cut("ip");
        Site.PutBack(copy);
        _net.Restart(11);
        Assert.Equal("11-2", _net.Submit(11, TestNet.Melding(text: "later 1"), "ref-1").Key.ToString());
        _net.Restore("direct");
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(0UL, MissingOfSite);
        _net.Cut("direct");
        _net.Restore("glas");
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(1UL, MissingOfSite);
        _net.Restart(1);
        _net.Restore("direct");
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(30));
        Assert.DoesNotContain(Meldkamer.Delivered, one => one.Message is Melding { Text: "verloren" });
        Assert.Equal(1UL, MissingOfSite);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_coordinatiepunt_in_between_does_not_answer_with_the_receipt_of_the_first(bool meldkamerStarts)
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(2, Role.Coordinatiepunt);
        _net.Add(11, Role.Noodsteunpunt);
        _net.Join("ip", 1_000_000, 11, 2);
        _net.Join("glas", 1_000_000, 2, 1);
        _net.Start();
        FallBack();
        HandInAgain(9);
        _net.Cut("glas");
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(Site.Progressed, IsUntrue);
        if (meldkamerStarts) _net.Restart(1);
        _net.Restore("glas");
        _net.Run(TimeSpan.FromMinutes(30));
        RequireAllArrived(9);
    }

    [Fact]
    public void A_store_that_did_not_fall_back_is_believed_after_one_receipt_with_a_check()
    {
        Pair();
        for (var i = 1; i <= 3; i++) _net.Submit(11, TestNet.Melding(text: $"{i}"));
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Restart(11);
        var key = _net.Submit(11, TestNet.Melding(text: "na de start")).Key;
        _net.Run(TimeSpan.FromSeconds(10));
        Assert.Equal("11-4", key.ToString());
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
        Assert.Equal("11-5", _net.Submit(11, TestNet.Melding(text: "en verder")).Key.ToString());
    }

    [Fact]
    public void A_meldkamer_that_does_not_know_the_records_any_more_says_so_and_is_believed()
    {
        Pair();
        for (var i = 1; i <= 3; i++) _net.Submit(11, TestNet.Melding(text: $"{i}"));
        _net.Run(TimeSpan.FromMinutes(1));
        Meldkamer.LoseDisk();
        _net.Restart(1);
        _net.Restart(11);
        var key = _net.Submit(11, TestNet.Melding(text: "na de start")).Key;
        _net.Run(TimeSpan.FromMinutes(20));
        Assert.Equal("11-4", key.ToString());
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
    }

    /// <summary>A meldkamer on a new disk was told that what came before is settled: it cannot say what is behind those numbers, and says that.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void A_meldkamer_on_a_new_disk_does_not_pass_for_one_that_has_them(int again)
    {
        Pair();
        var before = FallBack(() =>
        {
            Meldkamer.LoseDisk();
            _net.Restart(1);
            _net.Run(TimeSpan.FromMinutes(2));
        });
        Assert.Equal(4, before);
        HandInAgain(again);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(30));
        // What went with its first disk is missing, too.
        RequireAllArrived(again, firstGap: 1);
    }

    /// <summary>The meldkamer had so much of others since then that it does not know the tags of the first any more.</summary>
    [Fact]
    public void A_meldkamer_that_has_forgotten_the_tags_does_not_pass_for_one_that_compared()
    {
        Pair();
        _net.Add(12, Role.Noodsteunpunt);
        _net.Join("ip2", 1_000_000, 12, 1);
        _net.Start();
        FallBack();
        for (var i = 0; i < 1_100; i++) _net.Submit(12, TestNet.Melding(text: $"drukte {i}"));
        _net.Run(TimeSpan.FromMinutes(5));
        HandInAgain(9);
        _net.Restart(1);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(30));
        RequireAllArrived(9);
    }

    /// <summary>No second start ends the doubt, nor a batch that could not be stored: nothing was checked by them.</summary>
    [Theory]
    [InlineData(4, false, false)]
    [InlineData(9, false, false)]
    [InlineData(4, true, false)]
    [InlineData(9, true, false)]
    [InlineData(4, false, true)]
    public void A_second_start_does_not_end_the_doubt(int again, bool meldkamerToo, bool failedCommit)
    {
        Pair();
        FallBack();
        HandInAgain(again);
        if (failedCommit)
        {
            Site.FailNextCommit();
            Assert.Throws<InvalidOperationException>(() => _net.Submit(11, TestNet.Melding(text: "nooit opgeslagen")));
            _net.Cut("ip");
        }
        else _net.Restart(11);

        if (meldkamerToo) _net.Restart(1);
        _net.Loses = (from, _, frame) => from == 11 && Records(frame).Count > 0;
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Loses = (_, _, _) => false;
        _net.Run(TimeSpan.FromMinutes(30));
        RequireAllArrived(again);
    }

    /// <summary>More than tags are remembered of: what waits is compared itself.</summary>
    [Fact]
    public void A_long_queue_that_was_handed_in_since_the_start_does_not_begin_a_life()
    {
        const int many = 66_000;
        _net.Add(1, Role.Meldkamer);
        _net.Add(11, Role.Noodsteunpunt, rules: RelayRules.Default with { MaxHeld = 80_000 });
        _net.Join("ip", 1_000_000, 11, 1);
        for (var i = 0; i < many; i++) Assert.Equal(Refusal.None, _net.Submit(11, TestNet.Melding(priority: 2)).Refusal);
        _net.Start();
        _net.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(many, Meldkamer.Ids.Count());
        Assert.Equal(0, Site.Core.Status(_net.Now).Waiting.Sum());
        Assert.DoesNotContain(Site.Notes, note => note.Text.Contains("Numbers start anew", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lost_check_is_asked_for_again()
    {
        Pair();
        _net.Restart(11);
        var lost = 0;
        _net.Loses = (from, _, _) => from == 1 && lost++ < 3;
        var key = _net.Submit(11, TestNet.Melding(text: "na de start")).Key;
        _net.Run(TimeSpan.FromMinutes(20));
        Assert.True(lost > 3);
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
    }

    private void Pair()
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(11, Role.Noodsteunpunt);
        _net.Join("ip", 1_000_000, 11, 1);
        _net.Start();
    }

    /// <summary>Four records reach the meldkamer; of three of them the site knows nothing any more, and it is cut off.</summary>
    private int FallBack(Action? before = null)
    {
        _net.Submit(11, TestNet.Melding(text: "vroeger 1"));
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Site.CopyDisk();
        for (var i = 2; i <= Before; i++) _net.Submit(11, TestNet.Melding(text: $"vroeger {i}"));
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(Before, Meldkamer.Ids.Count());
        before?.Invoke();
        _net.Cut("ip");
        Site.PutBack(copy);
        Site.Progressed.Clear();
        _net.Restart(11);
        return Before;
    }

    private void HandInAgain(int many)
    {
        for (var i = 1; i <= many; i++) Assert.Equal($"11-{i + 1}", _net.Submit(11, TestNet.Melding(text: $"later {i}"), $"ref-{i}").Key.ToString());
    }

    /// <summary>"Ontvangen" of a record that the meldkamer has under its number with other words, or not at all.</summary>
    private bool IsUntrue(Output.Progressed progressed) => progressed.State == MessageState.Ontvangen
        && !Meldkamer.Delivered.Any(one => one.Envelope.Key == progressed.Key && one.Message is Melding { Text: { } text } && text.StartsWith("later", StringComparison.Ordinal));

    private void RequireAllArrived(int again, int firstGap = Before + 1)
    {
        Assert.DoesNotContain(Site.Progressed, IsUntrue);
        for (var i = 1; i <= again; i++)
        {
            Assert.Contains(Meldkamer.Delivered, one => one.Message is Melding melding && melding.Text == $"later {i}");
            var key = _net.Submit(11, TestNet.Melding(text: $"later {i}"), $"ref-{i}").Key;
            Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
        }

        Assert.Equal(0, Site.Core.Status(_net.Now).Waiting.Sum());
        // Numbers that were given out the second time alone, and never came under those, stay in the report as missing.
        Assert.All(Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11).Gaps, gap => Assert.InRange((int)gap.First, firstGap, again + 1));
        // A new disk knows nothing of what came under these numbers before.
        if (firstGap > 1) Assert.Equal(Meldkamer.Ids.Distinct(), Meldkamer.Ids);
    }

    private ulong MissingOfSite => Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11).Missing;

    private List<EnvelopeKey> Records(ReadOnlyMemory<byte> frame) => [.. new FrameWatch(Site.Keys).RecordsIn(frame)];
}
