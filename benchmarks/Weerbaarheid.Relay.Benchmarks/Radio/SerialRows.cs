using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>Two nodes and a null modem at 1200 baud.</summary>
internal static class SerialRows
{
    private const int Baud = 1_200;
    private const int Count = 20;
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<RadioRow>> MeasureCleanAsync(Action<string> say)
    {
        await using var line = new NullModem(Baud);
        await using var pair = await JoinAsync(line);
        say($"{Count} messages, one by one");
        var dutch = await Burst.OneByOneAsync(pair, [.. HeldOutTexts.Dutch.Take(Count)], () => Bytes(line));
        say($"{Count} messages of random characters, one by one");
        var random = await Burst.OneByOneAsync(pair, HeldOutTexts.Random(Count, seed: 7), () => Bytes(line));
        say($"{Count} messages at once");
        var queued = await Burst.AtOnceAsync(pair, [.. HeldOutTexts.Dutch.Skip(Count).Take(Count)], () => Bytes(line));
        return
        [
            new("serial 1200 baud, bytes both ways for an acknowledged message, one by one", "399", "at most 110", Tell(dutch), dutch is { Acknowledged: Count, Each: <= 110 }),
            new("the same, 100 random characters", "–", "at most 150", Tell(random), random is { Acknowledged: Count, Each: <= 150 }),
            new(
                "the same, 20 queued at once", "398; 14 of 20 falsely failed", "at most 90; none falsely failed; all in 20 s",
                string.Create(Culture, $"{Tell(queued)}; {queued.GivenUp} failed; all in {queued.Took.TotalSeconds:0.0} s"),
                queued is { Acknowledged: Count, GivenUp: 0, Each: <= 90, Took.TotalSeconds: <= 20 }),
        ];
    }

    /// <param name="seconds">How long the line is dead, from a second after 10 messages were handed in.</param>
    internal static async Task<IReadOnlyList<RadioRow>> MeasureCutAsync(int seconds, string lxmf, Action<string> say)
    {
        await using var line = new NullModem(Baud);
        await using var pair = await JoinAsync(line);
        await pair.HandInAsync(HeldOutTexts.Dutch.Take(10));
        await Task.Delay(TimeSpan.FromSeconds(1));
        line.IsCut = true;
        say($"cut for {seconds} s");
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        line.IsCut = false;
        var (began, before) = (Stopwatch.GetTimestamp(), pair.Delivered.Count);
        await NodePair.UntilAsync(() => pair.Delivered.Count > before, Patience);
        var flows = Stopwatch.GetElapsedTime(began);
        await pair.ReceivedAsync(10, Patience);
        var all = Stopwatch.GetElapsedTime(began);
        return
        [
            new(
                $"link cut {seconds} s during 10 messages, delivered", lxmf, "10 of 10; flowing within 10 s",
                string.Create(Culture, $"{pair.Received} of 10; flowing after {flows.TotalSeconds:0.0} s, all after {all.TotalSeconds:0.0} s"),
                pair.Received == 10 && pair.Delivered.Count == 10 && flows.TotalSeconds <= 10),
        ];
    }

    internal static async Task<IReadOnlyList<RadioRow>> MeasureErrorsAsync(Action<string> say)
    {
        say("bit error rate 1e-4");
        var few = await MeasureErrorsAsync(1e-4, Count);
        say("bit error rate 1e-3");
        var many = await MeasureErrorsAsync(1e-3, 8);
        return
        [
            new("bit error rate 1e-4, bytes for an acknowledged message", "491", "at most 130", Tell(few), few is { Acknowledged: Count, Each: <= 130 }),
            new("bit error rate 1e-3, delivered", "1 of 8", "8 of 8", string.Create(Culture, $"{many.Acknowledged} of 8, {many.Each:0} bytes each"), many.Acknowledged == 8),
        ];
    }

    private static async Task<Burst> MeasureErrorsAsync(double rate, int count)
    {
        await using var line = new NullModem(Baud, rate);
        await using var pair = await JoinAsync(line);
        return await Burst.OneByOneAsync(pair, [.. HeldOutTexts.Dutch.Take(count)], () => Bytes(line));
    }

    private static async Task<NodePair> JoinAsync(NullModem line)
    {
        var pair = await NodePair.StartAsync(ModemLinks.Uart(line.B.Path, Baud), ModemLinks.Uart(line.A.Path, Baud));
        await pair.LeadsUpAsync("serial", Patience);
        return pair;
    }

    private static double Bytes(NullModem line) => line.FromA.Taken + line.FromB.Taken;

    private static string Tell(Burst burst) =>
        string.Create(Culture, $"{burst.Each:0.0} bytes{(burst.Acknowledged == Count ? "" : $" ({burst.Acknowledged} of {Count} acknowledged)")}");
}
