using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Reports;

public sealed class MessageBoardTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MessageBoard _board = new();

    [Fact]
    public void It_holds_so_many_records_and_the_oldest_goes()
    {
        for (var i = 1UL; i <= MessageBoard.Capacity + 10; i++) Add(11, i);

        Assert.Equal(MessageBoard.Capacity, _board.Newest(int.MaxValue).Count);
        Assert.Null(_board.Find(Key(11, 10)));
        Assert.NotNull(_board.Find(Key(11, 11)));
        // Progress of what is gone changes nothing; of what is here it does.
        _board.Progress(Key(11, 10), MessageState.Ontvangen, null, Noon);
        _board.Progress(Key(11, 11), MessageState.Ontvangen, null, Noon);
        Assert.Equal(Key(11, 11), Assert.Single(_board.Newest(int.MaxValue), entry => entry.Envelope.State == MessageState.Ontvangen).Envelope.Key);
    }

    [Fact]
    public void Neither_states_nor_bulletins_are_pushed_out_and_neither_pushes_records_out()
    {
        Add(11, 1);
        Add(1, 1, MessageType.Bulletin);
        for (var i = 1UL; i <= 2 * MessageBoard.Capacity; i++) Add((ushort)(20 + (i % 4)), i, MessageType.Status);
        for (var i = 2UL; i <= MessageBoard.Capacity; i++) Add(11, i);

        Assert.NotNull(_board.Find(Key(11, 1)));
        Assert.Single(_board.Newest(10, type: MessageType.Bulletin));
        Assert.Equal(4, _board.Newest(10, type: MessageType.Status).Count);
    }

    [Fact]
    public void Steps_are_noted_once_with_their_moment_and_the_reference_stays()
    {
        Add(11, 1);
        _board.Progress(Key(11, 1), MessageState.Verzonden, null, Noon.AddMinutes(1));
        _board.Progress(Key(11, 1), MessageState.Verzonden, null, Noon.AddMinutes(2));
        _board.Progress(Key(11, 1), MessageState.InBehandeling, "GMS 4711", Noon.AddMinutes(3));
        _board.Progress(Key(11, 1), MessageState.InBehandeling, null, Noon.AddMinutes(4));

        var entry = _board.Find(Key(11, 1))!;
        Assert.Equal([(MessageState.Opgeslagen, 0), (MessageState.Verzonden, 1), (MessageState.InBehandeling, 3)], entry.Steps.Select(step => (step.State, (int)(step.Wall - Noon).TotalMinutes)));
        Assert.Equal("GMS 4711", entry.Envelope.Reference);
    }

    [Fact]
    public void Under_a_new_number_it_is_the_newest_and_the_old_number_is_gone()
    {
        Add(11, 1);
        Add(11, 2);
        _board.Rename(Key(11, 1), Envelope(11, Sequence.Of(1, 1), MessageType.Melding), new Melding());

        Assert.Equal(["11-1.1", "11-2"], _board.Newest(10).Select(entry => entry.Envelope.Key.ToString()));
    }

    [Fact]
    public async Task Readers_see_whole_pages_in_order_while_it_is_written()
    {
        var pages = new int[2];
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, pages.Length).Select(reader => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var places = _board.Newest(200).Select(entry => entry.Place).ToList();
                Assert.Equal(places.OrderDescending(), places);
                Assert.Equal(places.Count, places.Distinct().Count());
                Interlocked.Increment(ref pages[reader]);
            }
        })).ToList();
        var i = 0UL;
        await Eventually.TrueAsync(
            () =>
            {
                for (var end = i + MessageBoard.Capacity; i < end;)
                {
                    Add(11, ++i);
                    _board.Progress(Key(11, i), MessageState.Verzonden, null, Noon);
                }

                return readers.Exists(reader => reader.IsCompleted) || pages.All(read => read > 50);
            },
            "both readers have seen many pages");

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Theory]
    [InlineData("11-4711")]
    [InlineData("11-s88")]
    [InlineData("11-2.7")]
    [InlineData("65534-s1.16777215")]
    public void An_id_is_read_as_it_is_written(string id)
    {
        Assert.True(EnvelopeKey.TryParse(id, out var key));
        Assert.Equal(id, key.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("11")]
    [InlineData("11-")]
    [InlineData("11-0")]
    [InlineData("11-0.5")]
    [InlineData("11-1.")]
    [InlineData("11-16777216")]
    [InlineData("11--1")]
    [InlineData("+11-1")]
    [InlineData("11-1 ")]
    [InlineData("70000-1")]
    [InlineData("11-ss1")]
    public void What_is_no_id_is_none(string id) => Assert.False(EnvelopeKey.TryParse(id, out _));

    private static EnvelopeKey Key(ushort site, ulong sequence) => new(site, Series.Records, sequence);

    private static StoredEnvelope Envelope(ushort site, ulong sequence, MessageType type)
    {
        var header = new EnvelopeHeader(0, SealMode.Sealed, type, 2, Exercise.Actueel, site, Sequence.Low(sequence), 0);
        return new StoredEnvelope(
            new EnvelopeKey(site, EnvelopeHeader.SeriesOf(type), sequence), header, default, TimeSpan.Zero, Noon, Custody: false, MessageState.Opgeslagen, Delivered: true, Announced: true, null, null);
    }

    private void Add(ushort site, ulong sequence, MessageType type = MessageType.Melding) => _board.Add(Envelope(site, sequence, type), new Melding(), seen: true);
}
