using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>A site that lost its counters goes on in a new life: nothing is numbered twice, nothing is swallowed, and what was lost is known.</summary>
public sealed class LivesTests
{
    private readonly TestNet _net = new();

    private TestNode Site => _net[11];

    private TestNode Meldkamer => _net[1];

    private OriginStatus Known => Meldkamer.Core.Status(_net.Now).Origins.Single(one => one.Site == 11);

    [Fact]
    public void After_its_store_was_lost_a_site_goes_on_in_a_new_life_and_the_meldkamer_knows_what_is_missing()
    {
        Pair();
        for (var i = 1; i <= 3; i++) _net.Submit(11, TestNet.Melding(text: $"eerste leven {i}"));
        _net.Run(TimeSpan.FromMinutes(1));
        // The fourth and fifth are acknowledged here and never leave: only the sixth goes out.
        _net.Cut("ip");
        for (var i = 4; i <= 5; i++) _net.Submit(11, TestNet.Melding(text: $"verloren {i}"));
        _net.Loses = (from, _, frame) => from == 11 && Numbers(frame).Any(key => key.Sequence is 4 or 5);
        _net.Restore("ip");
        _net.Submit(11, TestNet.Melding(1, "eerste leven 6"));
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((6UL, 2UL), (Known.Highest, Known.Missing));

        Site.BeginAnew(life: 3);
        _net.Loses = (_, _, _) => false;
        _net.Restart(11);
        var after = Enumerable.Range(1, 3).Select(i => _net.Submit(11, TestNet.Melding(text: $"derde leven {i}")).Key).ToList();
        _net.Run(TimeSpan.FromMinutes(2));

        Assert.Equal(["11-3.1", "11-3.2", "11-3.3"], after.Select(key => key.ToString()));
        Assert.All(after, key => Assert.Equal(MessageState.Ontvangen, Site.StateOf(key)));
        Assert.Equal(["11-1", "11-2", "11-3", "11-6", "11-3.1", "11-3.2", "11-3.3"], Meldkamer.Ids);
        Assert.Equal((Sequence.Of(3, 3), 2UL), (Known.Highest, Known.Missing));
        Assert.Equal([(4UL, 5UL)], Known.Gaps);
        _net.Restart(1);
        Assert.Equal([(4UL, 5UL)], Known.Gaps);
        RequireNoNonceTwice();
    }

    [Fact]
    public void The_life_is_told_until_a_receipt_shows_that_it_is_known_and_left_out_after_that()
    {
        Pair();
        _net.Cut("ip");
        var before = _net.Frames.Count;
        Site.BeginAnew(life: 0xABCDEF);
        _net.Restart(11);
        _net.Submit(11, TestNet.Melding(text: "een"));
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Submit(11, TestNet.Melding(text: "twee"));
        _net.Run(TimeSpan.FromMinutes(1));
        var headers = Headers(11).Where(header => header.Type == MessageType.Melding).DistinctBy(header => header.SequenceLow).ToList();
        Assert.Equal([0xABCDEFU, null], headers.Select(header => header.Life));
        Assert.Equal(["11-11259375.1", "11-11259375.2"], Meldkamer.Ids);
        _net.Frames.RemoveRange(0, before);
        Assert.All(Headers(11).Where(header => header.Type == MessageType.Heartbeat), header => Assert.Equal(0xABCDEFU, header.Life));
    }

    [Fact]
    public void A_meldkamer_that_lost_its_own_store_learns_the_life_again()
    {
        Pair();
        Site.BeginAnew(life: 0x112233);
        _net.Restart(11);
        _net.Submit(11, TestNet.Melding(text: "een"));
        _net.Run(TimeSpan.FromMinutes(1));
        Meldkamer.LoseDisk();
        _net.Restart(1);
        var key = _net.Submit(11, TestNet.Melding(text: "twee")).Key;
        _net.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
        // The first was lost with the store.
        Assert.Equal(1UL, Known.Missing);
    }

    [Fact]
    public void An_envelope_of_the_life_before_that_comes_late_is_taken_and_what_it_leaves_open_is_a_gap()
    {
        Pair();
        _net.Submit(11, TestNet.Melding(text: "een"));
        _net.Run(TimeSpan.FromMinutes(1));
        _net.Cut("ip");
        for (var i = 2; i <= 4; i++) _net.Submit(11, TestNet.Melding(text: $"wacht {i}"));
        // 2 is lost with the store; 3 and 4 were salvaged.
        Site.BeginAnew(life: 1, keeps: true, forgetting: 2);
        _net.Restart(11);
        var first = _net.Submit(11, TestNet.Melding(1, "tweede leven")).Key;
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["11-1", "11-1.1", "11-3", "11-4"], Meldkamer.Ids.Order(StringComparer.Ordinal));
        Assert.Equal([(2UL, 2UL)], Known.Gaps);
        Assert.All((EnvelopeKey[])[first, new(11, Series.Records, 3), new(11, Series.Records, 4)], key => Assert.Equal(MessageState.Ontvangen, Site.StateOf(key)));
        RequireNoNonceTwice();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_earlier_copy_that_was_put_back_is_noticed_and_what_it_numbered_twice_arrives_all_the_same(bool startsOnceMore)
    {
        Pair();
        _net.Submit(11, TestNet.Melding(text: "een"));
        _net.Run(TimeSpan.FromMinutes(1));
        var copy = Site.CopyDisk();
        for (var i = 2; i <= 4; i++) _net.Submit(11, TestNet.Melding(text: $"na de kopie {i}"));
        _net.Run(TimeSpan.FromMinutes(1));

        _net.Cut("ip");
        Site.PutBack(copy);
        _net.Restart(11);
        var accepted = _net.Submit(11, TestNet.Melding(text: "na het terugzetten"), "b7c1");
        Assert.Equal("11-2", accepted.Key.ToString());
        if (startsOnceMore) _net.Restart(11);
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(3));

        Assert.Contains(Site.Notes, note => note.Level == NoteLevel.Warning && note.Text.Contains("an earlier copy", StringComparison.Ordinal));
        Assert.Contains(Meldkamer.Delivered, one => one.Message is Melding { Text: "na het terugzetten" });
        Assert.Equal("11-1.1", _net.Submit(11, TestNet.Melding(text: "na het terugzetten"), "b7c1").Key.ToString());
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(new EnvelopeKey(11, Series.Records, Sequence.Of(1, 1))));
        Assert.StartsWith("11-1.2", _net.Submit(11, TestNet.Melding(text: "verder")).Key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_acknowledgement_that_fits_two_lives_ends_neither_too_soon()
    {
        Pair();
        _net.Cut("ip");
        _net.Submit(11, TestNet.Melding(3, "een uit het oude leven"));
        Site.BeginAnew(life: 1, keeps: true);
        _net.Restart(11);
        _net.Submit(11, TestNet.Melding(3, "een uit het nieuwe leven"));
        Assert.Equal(2, Site.Core.Status(_net.Now).Waiting.Sum());
        _net.Restore("ip");
        _net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["11-1", "11-1.1"], Meldkamer.Ids);
        Assert.Equal(0, Site.Core.Status(_net.Now).Waiting.Sum());
    }

    [Fact]
    public void When_the_numbers_of_a_life_run_out_the_next_begins()
    {
        Pair();
        Site.BeginAnew(life: 2, last: Sequence.Modulus - 2);
        _net.Restart(11);
        var keys = Enumerable.Range(1, 3).Select(i => _net.Submit(11, TestNet.Melding(text: $"{i}")).Key).ToList();
        _net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["11-2.16777215", "11-3.1", "11-3.2"], keys.Select(key => key.ToString()));
        Assert.Equal(["11-2.16777215", "11-3.1", "11-3.2"], Meldkamer.Ids);
        RequireNoNonceTwice();
    }

    [Fact]
    public void A_bulletin_of_a_meldkamer_in_a_later_life_reaches_a_site_that_knew_the_first()
    {
        Pair();
        _net.Submit(1, new Bulletin { Priority = 2, Number = 1, ValidHours = 24, Text = "een" });
        _net.Run(TimeSpan.FromMinutes(1));
        Meldkamer.BeginAnew(life: 7, keeps: true);
        _net.Restart(1);
        _net.Submit(1, new Bulletin { Priority = 2, Number = 2, ValidHours = 24, Text = "twee" });
        var key = _net.Submit(11, TestNet.Melding()).Key;
        _net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["een", "twee"], Site.Delivered.Select(one => one.Message).OfType<Bulletin>().Select(one => one.Text));
        Assert.Equal(MessageState.Ontvangen, Site.StateOf(key));
    }

    [Fact]
    public void In_clear_the_life_is_told_too()
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(11, Role.Noodsteunpunt);
        _net.JoinOnlyClear("ham", 11, 1);
        Site.BeginAnew(life: 5);
        Site.Restart();
        _net.Start();
        _net.Submit(11, new Status { Priority = 3, State = SiteState.Open, Present = 12 });
        _net.Run(TimeSpan.FromMinutes(30));
        Assert.Contains(Headers(11), header => header is { Mode: SealMode.Clear, Life: 5 });
        Assert.Contains(Meldkamer.Delivered, one => one.Message is Status { Present: 12 });
    }

    private void Pair()
    {
        _net.Add(1, Role.Meldkamer);
        _net.Add(11, Role.Noodsteunpunt);
        _net.Join("ip", 1_000_000, 11, 1);
        _net.Start();
    }

    private IEnumerable<EnvelopeHeader> Headers(ushort site) => _net.Frames.Where(one => one.From == site)
        .SelectMany(one => EnvelopesIn(_net[site].Keys, one.Frame.Bytes)).Select(bytes => EnvelopeHeader.TryRead(bytes, out var header) ? header : default)
        .Where(header => header.Origin == site);

    private static List<byte[]> EnvelopesIn(KeyRing keys, ReadOnlyMemory<byte> frame)
    {
        var envelopes = new List<byte[]>();
        var form = frame.Span[0] >> 6 == (int)FrameForm.Narrow ? FrameForm.Narrow : FrameForm.Wide;
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, form, frame.Span, out var reader));
        while (reader.Next() is var item and not FrameItem.End)
        {
            Assert.NotEqual(FrameItem.Unreadable, item);
            if (item == FrameItem.Envelope) envelopes.Add(reader.Envelope.ToArray());
        }

        return envelopes;
    }

    private List<EnvelopeKey> Numbers(ReadOnlyMemory<byte> frame) => [.. new FrameWatch(Site.Keys).RecordsIn(frame)];

    /// <summary>Two envelopes with one name on the air are the same bytes, or a nonce was used twice.</summary>
    private void RequireNoNonceTwice()
    {
        var seen = new Dictionary<EnvelopeKey, string>();
        foreach (var (from, _, frame) in _net.Frames)
            foreach (var bytes in EnvelopesIn(_net[from].Keys, frame.Bytes))
            {
                Assert.True(EnvelopeHeader.TryRead(bytes, out var header));
                var lives = header.Life is { } told ? [told] : (uint[])[0, 1, 2, 3];
                var key = lives.Select(life => new EnvelopeKey(header.Origin, header.Series, Sequence.Of(life, header.SequenceLow)))
                    .First(key => Envelope.TryOpen(Meldkamer.Keys, bytes, key.Sequence, new byte[5_000], out _) == OpenOutcome.Opened);
                var hex = Convert.ToHexString(bytes);
                Assert.Equal(seen.TryAdd(key, hex) ? hex : seen[key], hex);
            }
    }
}
