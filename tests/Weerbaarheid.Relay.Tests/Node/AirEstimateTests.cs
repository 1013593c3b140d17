using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Tests.Node;

public sealed class AirEstimateTests
{
    /// <summary>A millisecond for a byte, and no frame longer than a hundred.</summary>
    private static readonly LinkDescription Slow = new("lora", "rnode", 100, 1_200, 1, []) { Air = new Air("P", 0.1, bytes => bytes <= 100 ? TimeSpan.FromMilliseconds(bytes) : throw new ArgumentOutOfRangeException(nameof(bytes))) };

    [Fact]
    public void What_fits_in_a_frame_is_one_frame()
    {
        var overhead = FrameWriter.OverheadOf(FrameForm.Narrow);
        Assert.Equal(TimeSpan.FromMilliseconds(overhead + FrameWriter.EnvelopeCost(50, 0)), AirEstimate.Of(Slow, 50));
    }

    [Theory]
    [InlineData(95)]
    [InlineData(180)]
    [InlineData(1_000)]
    public void What_does_not_fit_costs_more_than_its_bytes_and_never_an_impossible_frame(int length)
    {
        var time = AirEstimate.Of(Slow, length).TotalMilliseconds;
        Assert.InRange(time, length, length * 1.4);
        Assert.True(AirEstimate.Of(Slow, length + 1).TotalMilliseconds > time);
    }
}
