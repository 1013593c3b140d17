using System.Globalization;
using Weerbaarheid.Relay.Tests.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>More waits than the law lets through: three hours in simulated time, RNode SF8 125 kHz, a tenth of the time allowed.</summary>
internal static class FullQueueRows
{
    internal static Task<IReadOnlyList<RadioRow>> MeasureAsync(Action<string> say) => Task.Run<IReadOnlyList<RadioRow>>(() => [Measure(0, 0.85, say), Measure(0.2, 0.60, say)]);

    private static RadioRow Measure(double loss, double bar, Action<string> say)
    {
        say(string.Create(CultureInfo.InvariantCulture, $"loss {loss:P0}"));
        var run = FullQueue.Run(TimeSpan.FromHours(3), loss, HeldOutTexts.Dutch);
        return new RadioRow(
            string.Create(CultureInfo.InvariantCulture, $"share of the allowed airtime that carries payload for the first time, full queue, loss {loss * 100:0} %"), "–",
            string.Create(CultureInfo.InvariantCulture, $"at least {bar * 100:0} %"),
            string.Create(CultureInfo.InvariantCulture, $"{run.Share * 100:0.0} %; {run.Received} messages; worst hour {run.WorstHour * 100:0.00} % of {FullQueue.DutyCycle * 100:0} %"),
            run.Share >= bar && run.WorstHour <= FullQueue.DutyCycle);
    }
}
