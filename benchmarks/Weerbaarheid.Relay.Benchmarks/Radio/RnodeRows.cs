using System.Globalization;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>Two nodes with RNodes, emulated from the firmware's source, at SF8 and 125 kHz; in real time.</summary>
internal static class RnodeRows
{
    private const int SpreadingFactor = 8;
    private const int Count = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<RadioRow>> MeasureAsync(Action<string> say)
    {
        using var channel = new RadioChannel(TimeProvider.System);
        await using var portA = new EmulatorPort(new RnodeEmulator(channel, "a"));
        await using var portB = new EmulatorPort(new RnodeEmulator(channel, "b"));
        await using var pair = await NodePair.StartAsync(ModemLinks.Rnode(portB.Path, SpreadingFactor), ModemLinks.Rnode(portA.Path, SpreadingFactor));
        await pair.LeadsUpAsync("lora", Patience);
        say($"{Count} messages, one by one");
        var single = await Burst.OneByOneAsync(pair, [.. HeldOutTexts.Dutch.Take(Count)], () => Airtime(channel));
        say($"{Count} messages at once");
        var queued = await Burst.AtOnceAsync(pair, [.. HeldOutTexts.Dutch.Skip(Count).Take(Count)], () => Airtime(channel));
        return
        [
            new("airtime for an acknowledged message, RNode SF8 125 kHz, one by one", "1.22 s", "at most 0.42 s", Tell(single), single is { Acknowledged: Count, Each: <= 0.42 }),
            new("the same, 20 queued at once", "–", "at most 0.32 s", Tell(queued), queued is { Acknowledged: Count, Each: <= 0.32 }),
        ];
    }

    private static double Airtime(RadioChannel channel) => channel.Transmissions.Sum(one => one.Duration.TotalSeconds);

    private static string Tell(Burst burst) => string.Create(
        CultureInfo.InvariantCulture, $"{burst.Each:0.000} s{(burst.Acknowledged == Count ? "" : $" ({burst.Acknowledged} of {Count} acknowledged)")}, all in {burst.Took.TotalSeconds:0.0} s");
}
