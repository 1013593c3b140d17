using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Sealing;

public sealed class SequenceTests
{
    private const ulong Half = 1 << 23;
    private const ulong Whole = 1 << 24;

    [Fact]
    public void The_full_sequence_is_found_from_any_known_one_less_than_half_a_turn_away()
    {
        ulong[] distances = [0, 1, 2, 255, 65536, Half - 1];
        foreach (var around in new ulong[] { 0, 1, Half - 1, Half, Half + 1, Whole - 1, Whole, Whole + 1, Whole + Half, 5 * Whole - 1, 1UL << 40 })
        {
            foreach (var distance in distances)
            {
                Assert.Equal(around + distance, Sequence.Expand(Sequence.Low(around + distance), around));
                if (around >= distance) Assert.Equal(around - distance, Sequence.Expand(Sequence.Low(around - distance), around));
            }
        }
    }

    [Fact]
    public void Nothing_expands_below_zero() => Assert.Equal(Whole - 1, Sequence.Expand(0xFFFFFF, 0));
}
