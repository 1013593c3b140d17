using CsCheck;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

public sealed class MostWithinTests
{
    /// <summary>Against every window that begins at a whole unit, for transmissions of whole units.</summary>
    [Fact]
    public void No_window_holds_more_than_the_one_that_is_found()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 9]).Array[0, 12].Select(Gen.Int[1, 30]).Sample((pieces, window) =>
        {
            var all = new List<Transmission>();
            var end = 0;
            foreach (var (silence, length) in pieces)
            {
                all.Add(new Transmission(null!, null!, Units(end + silence), Units(length), default));
                end += silence + length;
            }

            var most = Enumerable.Range(-window, end + window + 1)
                .Max(from => all.Sum(t => t.Within(Units(from), Units(from + window)).Ticks));
            Assert.Equal(most, all.MostWithin(Units(window)).Ticks);
        });
    }

    private static TimeSpan Units(int count) => TimeSpan.FromTicks(count);
}
