using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class FragmentPlanTests
{
    /// <summary>The age with the most bytes that a last piece has room for.</summary>
    private const ulong Oldest = (1UL << 28) - 1;

    private static readonly KeyRing Keys = SimulationKeys.For(new ScenarioSite(1, "", Role.Meldkamer));

    public static TheoryData<FrameForm> Forms => [FrameForm.Wide, FrameForm.Narrow];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_length_is_cut_into_pieces_that_fit_every_frame_from_32_bytes_up(FrameForm form)
    {
        int[] frames = [32, 33, 40, 51, 80, 115, 222, 233, 255, 512, 1_400];
        foreach (var frame in frames)
        {
            var (room, writer) = (RoomOf(form, frame), new FrameWriter(Keys, 11, frame, form));
            for (var length = 1; length <= Envelope.MaxSize; length += length < 600 ? 1 : 61)
            {
                var envelope = Filled(length);
                var plan = FragmentPlan.For(envelope, room);
                // One piece holds as much as there is room, the last four bytes less.
                if (plan is null) Assert.True(length > (FragmentId.MaxFragments * (room - 4)) - 4, $"{length} bytes in frames of {frame}");
                else Assert.Equal(envelope, Joined(plan, writer, frame));
            }
        }
    }

    [Fact]
    public void The_largest_envelope_goes_through_the_smallest_narrow_frame()
    {
        var plan = FragmentPlan.For(new byte[Envelope.MaxSize], RoomOf(FrameForm.Narrow, 32))!;
        Assert.Equal(19, plan.Size);
        Assert.InRange((Envelope.MaxSize + plan.Size - 1) / plan.Size, 200, 256);
    }

    [Theory]
    [InlineData(257 * 100, 100)]
    [InlineData(2_000, 5)]
    [InlineData(10, 4)]
    [InlineData(10, 0)]
    [InlineData(10, -3)]
    public void What_would_be_too_many_pieces_is_not_cut(int length, int room) => Assert.Null(FragmentPlan.For(new byte[length], room));

    [Fact]
    public void A_round_sends_each_piece_that_the_neighbour_lacks_once()
    {
        var plan = FragmentPlan.For(Filled(100), 20)!;
        Assert.Equal([0, 1, 2, 3, 4, 5], Round(plan));
        Assert.False(plan.HasNext);
        // Here: 0, 1, 3.
        plan.Arrived(2, [0b1]);
        Assert.Equal([2, 4, 5], Round(plan));
        plan.Arrived(4, []);
        Assert.Equal([4, 5], Round(plan));
        plan.Arrived(6, []);
        Assert.False(plan.HasNext);
    }

    [Fact]
    public void What_a_neighbour_tells_of_pieces_that_do_not_exist_changes_nothing()
    {
        var plan = FragmentPlan.For(Filled(100), 20)!;
        var all = Round(plan);
        plan.Arrived(0, [.. Enumerable.Repeat((byte)0, 31)]);
        Assert.Equal(all, Round(plan));
        plan.Arrived(0, [0xE0, 0xFF, 0xFF]);
        Assert.Equal(all, Round(plan));
    }

    [Fact]
    public void The_question_is_the_last_piece_that_is_not_known_to_be_there()
    {
        var plan = FragmentPlan.For(Filled(100), 20)!;
        Round(plan);
        plan.Probe();
        Assert.Equal([5], Round(plan));
        plan.Arrived(1, [0b11100]);
        plan.Probe();
        Assert.Equal([3], Round(plan));
    }

    /// <summary>As the core reckons it: header, address, tag, and the item before its bytes.</summary>
    internal static int RoomOf(FrameForm form, int frame) => frame - FrameWriter.OverheadOf(form) - 2 - 4;

    internal static byte[] Filled(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static List<int> Round(FragmentPlan plan)
    {
        List<int> sent = [];
        while (plan.HasNext)
        {
            var (name, _) = plan.Next();
            plan.NoteSent(name);
            sent.Add(name.Index);
        }

        return sent;
    }

    /// <summary>Every piece checked, and put together.</summary>
    private static byte[] Joined(FragmentPlan plan, FrameWriter writer, int limit)
    {
        List<byte> whole = [];
        for (var index = 0; plan.HasNext; index++)
        {
            var (name, bytes) = plan.Next();
            Assert.Equal((plan.Id, index), (name.Id, name.Index));
            Assert.True(name.IsLast ? bytes.Length is > 0 && bytes.Length <= plan.Size : bytes.Length == plan.Size);
            plan.NoteSent(name);
            // All but the last are as long as the first.
            if (name.IsLast || index == 0)
            {
                writer.Address(2);
                Assert.True(writer.TryAddFragment(name, bytes.Span, name.IsLast ? Oldest : null));
                Assert.True(writer.Finish().Length <= limit);
            }

            Assert.Equal(plan.HasNext, !name.IsLast);
            whole.AddRange(bytes.Span);
        }

        return [.. whole];
    }
}
