using CsCheck;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class SequenceRangesTests
{
    private static readonly Gen<(int Kind, ulong Number)[]> Steps = Gen.Select(Gen.Int[0, 9], Gen.ULong[1, 60]).Array[0, 120];

    [Fact]
    public void It_behaves_as_a_set_of_numbers_whatever_is_done_to_it() => Steps.Sample(steps =>
    {
        var (set, model) = (new SequenceRanges(), new HashSet<ulong>());
        foreach (var (kind, number) in steps)
        {
            if (kind < 7) Assert.Equal(model.Add(number), set.Add(number));
            else if (kind == 7)
            {
                var before = model.Count;
                for (ulong i = 1; i <= number / 3; i++) model.Add(i);
                Assert.Equal(model.Count > before, set.AddUpTo(number / 3));
            }
            else
            {
                model.Remove(number);
                set.Remove(number);
            }
        }

        Equal(model, set);
        Equal(model, SequenceRanges.FromBytes(set.ToBytes()));
    });

    [Fact]
    public void A_number_that_would_need_one_range_too_many_is_not_taken_and_what_is_there_can_still_be_read()
    {
        var set = new SequenceRanges();
        for (ulong i = 0; i < SequenceRanges.MaxRanges; i++) Assert.True(set.Add((3 * i) + 2));
        Assert.False(set.Add(10_000_000));
        Assert.True(set.Add(3));
        Assert.True(set.Add(4));
        set.Remove(3);
        Assert.True(SequenceRanges.FromBytes(set.ToBytes()).Contains(4));
    }

    [Fact]
    public void Bytes_that_are_no_sorted_ranges_are_refused()
    {
        // Cut off; touching the one before; past the largest number.
        Assert.Throws<FormatException>(() => SequenceRanges.FromBytes([5]));
        Assert.Throws<FormatException>(() => SequenceRanges.FromBytes([5, 0, 1, 0]));
        Assert.Throws<FormatException>(() => SequenceRanges.FromBytes([5, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0]));
        Assert.Throws<FormatException>(() => SequenceRanges.FromBytes([0x80]));
    }

    private static void Equal(HashSet<ulong> model, SequenceRanges set)
    {
        for (ulong i = 0; i <= 62; i++) Assert.Equal(model.Contains(i), set.Contains(i));
        Assert.Equal((ulong)model.Count, set.Size);
        ulong contiguous = 0;
        while (model.Contains(contiguous + 1)) contiguous++;
        Assert.Equal(contiguous, set.Contiguous);
        for (var i = 1; i < set.Count; i++) Assert.True(set.Ranges[i].First > set.Ranges[i - 1].Last + 1, "ranges that touch are one");
    }
}
