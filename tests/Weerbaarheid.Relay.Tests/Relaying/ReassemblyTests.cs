using System.Numerics;
using CsCheck;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class ReassemblyTests
{
    private static readonly Neighbour From = new(0, 12, 255);

    /// <summary>
    /// Pieces in any order, some twice and some never; the answers tell what is there, and are lost as well. With half of everything lost it
    /// comes through in as many rounds as that takes and not more, whatever the frame.
    /// </summary>
    [Fact]
    public void An_envelope_comes_through_whatever_order_repetition_and_loss() =>
        Gen.Select(Gen.Int[32, 255], Gen.Int[1, Envelope.MaxSize], Gen.Int[0, 50], Gen.Int).Sample((frame, length, loss, seed) =>
        {
            var random = new Random(seed);
            var envelope = FragmentPlanTests.Filled(length, seed);
            var (reassembly, whole) = (new Reassembly(), (byte[]?)null);
            var plan = FragmentPlan.For(envelope, FragmentPlanTests.RoomOf(FrameForm.Narrow, frame))!;
            for (var round = 0; whole is null; round++)
            {
                Assert.True(round < 200, $"{length} bytes in frames of {frame} with {loss} % lost");
                foreach (var (name, bytes) in Arriving(plan, loss, random))
                {
                    if (reassembly.Add(From, name, bytes.Span) is not { } completed) continue;
                    Assert.Null(whole);
                    whole = completed;
                }

                var (firstMissing, bitmap) = reassembly.Tell(From, plan.Id);
                // An item of parts has room for 31 bytes, and a small frame for less.
                if (random.Next(100) >= loss) plan.Arrived(firstMissing, bitmap.AsSpan(0, Math.Min(bitmap.Length, Math.Min(31, frame - 13))));
                if (whole is null && !plan.HasNext) plan.Probe();
            }

            Assert.Equal(envelope, whole);
            Assert.Same(whole, reassembly.Completed(From, plan.Id));
        }, iter: 300);

    [Fact]
    public void A_piece_that_comes_again_after_the_last_gives_no_second_envelope_but_the_first_is_remembered()
    {
        var (reassembly, pieces) = (new Reassembly(), Cut(FragmentPlanTests.Filled(100), 30));
        Assert.Null(reassembly.Completed(From, pieces[0].Name.Id));
        foreach (var piece in pieces[..^1]) Assert.Null(Add(reassembly, piece));
        Assert.Null(reassembly.Completed(From, pieces[0].Name.Id));
        Assert.NotNull(Add(reassembly, pieces[^1]));
        foreach (var piece in pieces) Assert.Null(Add(reassembly, piece));
        Assert.NotNull(reassembly.Completed(From, pieces[0].Name.Id));
        Assert.Null(reassembly.Completed(new Neighbour(0, 13, 255), pieces[0].Name.Id));
    }

    [Fact]
    public void Pieces_of_different_neighbours_do_not_mix()
    {
        var (reassembly, pieces) = (new Reassembly(), Cut(FragmentPlanTests.Filled(100), 30));
        var other = new Neighbour(1, 12, 255);
        Add(reassembly, pieces[0]);
        foreach (var piece in pieces[1..]) Assert.Null(reassembly.Add(other, piece.Name, piece.Bytes));
        Assert.Equal((1, 0), (reassembly.Tell(From, pieces[0].Name.Id).FirstMissing, reassembly.Tell(other, pieces[0].Name.Id).FirstMissing));
        reassembly.Forget(1);
        Assert.Empty(reassembly.Tell(other, pieces[0].Name.Id).Bitmap);
        foreach (var piece in pieces[1..^1]) Assert.Null(Add(reassembly, piece));
        Assert.NotNull(Add(reassembly, pieces[^1]));
    }

    [Fact]
    public void What_is_here_is_told_by_the_first_missing_and_a_bitmap()
    {
        var (reassembly, pieces) = (new Reassembly(), Cut(FragmentPlanTests.Filled(30 * 20), 30));
        var id = pieces[0].Name.Id;
        Assert.Equal(0, reassembly.Tell(From, id).FirstMissing);
        Assert.Empty(reassembly.Tell(From, id).Bitmap);
        foreach (var index in (int[])[0, 1, 3, 10, 19]) Add(reassembly, pieces[index]);
        var (firstMissing, bitmap) = reassembly.Tell(From, id);
        Assert.Equal(2, firstMissing);
        Assert.Equal([0b1000_0001, 0, 0b1], bitmap);
        Add(reassembly, pieces[2]);
        Assert.Equal(4, reassembly.Tell(From, id).FirstMissing);
    }

    /// <summary>The second takes over from the first while that is not complete, and what was put together of both is never given.</summary>
    [Fact]
    public void Of_two_envelopes_with_one_id_only_whole_ones_come_out() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var (first, second) = Twins(60 + random.Next(300));
        var (reassembly, a, b) = (new Reassembly(), Cut(first, 30), Cut(second, 30));
        foreach (var piece in a.Concat(b).OrderBy(_ => random.Next()).ToList())
            if (Add(reassembly, piece) is { } whole) Assert.True(whole.AsSpan().SequenceEqual(first) || whole.AsSpan().SequenceEqual(second));
    }, iter: 50);

    [Fact]
    public void The_second_of_two_envelopes_with_one_id_comes_through_while_the_first_is_not_complete()
    {
        var (first, second) = Twins(200);
        var (reassembly, a, b) = (new Reassembly(), Cut(first, 30), Cut(second, 30));
        foreach (var piece in a[..^2]) Assert.Null(Add(reassembly, piece));
        foreach (var piece in b[..^1]) Assert.Null(Add(reassembly, piece));
        Assert.Equal(second, Add(reassembly, b[^1]));
    }

    [Theory]
    [InlineData(60, 40)]
    [InlineData(40, 60)]
    [InlineData(30, 31)]
    [InlineData(200, 13)]
    public void A_sender_that_cuts_otherwise_midway_gets_through(int before, int after)
    {
        var envelope = FragmentPlanTests.Filled(500);
        var (old, now) = (Cut(envelope, before), Cut(envelope, after));
        for (var arrived = 1; arrived < 1 << Math.Min(old.Length, 9); arrived++)
        {
            var reassembly = new Reassembly();
            for (var i = 0; i < old.Length; i++)
                if ((arrived >> i & 1) != 0 && arrived != (1 << old.Length) - 1) Assert.Null(Add(reassembly, old[i]));
            // A second round at most: what told of the new cut was thrown away with the old.
            var whole = now.Concat(now).Select(piece => Add(reassembly, piece)).FirstOrDefault(one => one is not null);
            Assert.Equal(envelope, whole);
        }
    }

    [Fact]
    public void Pieces_that_contradict_never_give_an_envelope()
    {
        var (reassembly, pieces) = (new Reassembly(), Cut(FragmentPlanTests.Filled(100), 30));
        var id = pieces[0].Name.Id;
        Assert.Null(reassembly.Add(From, new FragmentName(id, 0, false), []));
        Assert.Empty(reassembly.Tell(From, id).Bitmap);
        foreach (var piece in pieces[..^1]) Add(reassembly, piece);
        Assert.Null(reassembly.Add(From, pieces[^1].Name, new byte[pieces[^1].Bytes.Length]));
        Assert.Equal(0, reassembly.Tell(From, id).FirstMissing);
        foreach (var piece in pieces[..^1]) Assert.Null(Add(reassembly, piece));
        Assert.NotNull(Add(reassembly, pieces[^1]));
    }

    [Fact]
    public void A_neighbour_holds_no_more_of_one_envelope_than_the_largest_has()
    {
        foreach (var size in (int[])[1, 7, 18, 50, 200, 4_000, 16_000])
        {
            var (reassembly, held) = (new Reassembly(), 0);
            for (var index = 0; index < FragmentId.MaxFragments; index++)
            {
                Assert.Null(reassembly.Add(From, new FragmentName(9, (byte)index, false), new byte[size]));
                var (firstMissing, bitmap) = reassembly.Tell(From, 9);
                held = Math.Max(held, firstMissing + bitmap.Sum(one => BitOperations.PopCount(one)));
            }

            Assert.InRange(held * size, 0, Envelope.MaxSize + size);
        }
    }

    [Fact]
    public void Hostile_neighbours_push_out_only_so_much()
    {
        var (reassembly, pieces) = (new Reassembly(), Cut(FragmentPlanTests.Filled(100), 30));
        var id = pieces[0].Name.Id;
        Add(reassembly, pieces[0]);
        // One that begins a thousand envelopes takes its own places only.
        var hostile = new Neighbour(0, 66, 255);
        for (var i = 0; i < 1_000; i++) reassembly.Add(hostile, new FragmentName((ushort)i, 0, false), [1, 2, 3]);
        Assert.Equal(1, reassembly.Tell(From, id).FirstMissing);
        Assert.Equal(8, Enumerable.Range(0, 1_000).Count(i => reassembly.Tell(hostile, (ushort)i).FirstMissing == 1));
        // A hundred of them push out the oldest; who is still sending is not the oldest.
        var crowd = Enumerable.Range(100, 100).Select(site => new Neighbour(0, (ushort)site, 255)).ToList();
        for (var i = 0; i < 8; i++)
        {
            Add(reassembly, pieces[i % 3]);
            foreach (var one in crowd) reassembly.Add(one, new FragmentName((ushort)i, 0, false), [1, 2, 3]);
        }

        Assert.Equal(3, reassembly.Tell(From, id).FirstMissing);
        Assert.InRange(crowd.Sum(one => Enumerable.Range(0, 8).Count(i => reassembly.Tell(one, (ushort)i).FirstMissing == 1)), 100, 128);
        Assert.NotNull(Add(reassembly, pieces[^1]));
    }

    private static byte[]? Add(Reassembly reassembly, (FragmentName Name, byte[] Bytes) piece) => reassembly.Add(From, piece.Name, piece.Bytes);

    private static (FragmentName Name, byte[] Bytes)[] Cut(byte[] envelope, int size)
    {
        var id = FragmentId.Of(envelope);
        var chunks = envelope.Chunk(size).ToArray();
        return [.. chunks.Select((chunk, index) => (new FragmentName(id, (byte)index, index == chunks.Length - 1), chunk))];
    }

    private static List<(FragmentName Name, ReadOnlyMemory<byte> Bytes)> Arriving(FragmentPlan plan, int loss, Random random)
    {
        List<(FragmentName Name, ReadOnlyMemory<byte> Bytes)> pieces = [];
        while (plan.HasNext)
        {
            var piece = plan.Next();
            plan.NoteSent(piece.Name);
            for (var copies = random.Next(4) == 0 ? 2 : 1; copies > 0; copies--)
                if (random.Next(100) >= loss) pieces.Add(piece);
        }

        return [.. pieces.OrderBy(_ => random.Next())];
    }

    /// <summary>Two envelopes of one length with one id, all pieces different.</summary>
    private static (byte[] First, byte[] Second) Twins(int length)
    {
        var (first, second) = (FragmentPlanTests.Filled(length, 1), FragmentPlanTests.Filled(length, 2));
        for (var tries = 0; FragmentId.Of(second) != FragmentId.Of(first); tries++) BitConverter.TryWriteBytes(second, tries);
        return (first, second);
    }
}
