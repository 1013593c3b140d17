namespace Weerbaarheid.Relay.Trials.Flips;

/// <summary>Cases beyond those of the quick tier that broke a promise once.</summary>
public sealed class FoundFlipsTests
{
    [Theory]
    // A page of the log whose salt was flipped hid the commit that it ends.
    [InlineData(20_833)]
    // The arrival number of a damaged row was believed, and hid all the rows behind it.
    [InlineData(34_732)]
    // The bytes of a row became a text, the same ones, and the row could not be changed any more.
    [InlineData(53_615)]
    public void Keeps_the_promise_that_it_broke(long number)
    {
        var result = FlipTrial.Trial.Run(new TrialRun(FlipTrial.Trial.Name, number, 1, 1, null));
        Assert.Empty(result.Failures);
        Assert.Equal(1, result.Cases);
    }
}
