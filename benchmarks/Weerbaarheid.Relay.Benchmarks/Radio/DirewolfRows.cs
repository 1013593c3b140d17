using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>Two nodes with a real Dire Wolf each, at 1200 bit/s, on a channel with so much noise that it loses frames.</summary>
internal static class DirewolfRows
{
    private const int Noise = 30_000;
    private const int Count = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    internal static async Task<IReadOnlyList<RadioRow>> MeasureAsync(Action<string> say)
    {
        const string what = "two Dire Wolf stations at 1200 baud with noise, delivered";
        const string bar = "30 of 30";
        if (InstalledProgram.Find("direwolf") is not { } program) return [new(what, "–", bar, "direwolf is not installed (Debian packages direwolf, libasound2-plugins)", null)];
        await using var channel = await DirewolfChannel.StartAsync(program, noise: Noise);
        await using var pair = await NodePair.StartAsync(ModemLinks.Kiss(channel.Port(1), "PD2XYZ"), ModemLinks.Kiss(channel.Port(0), "PD1ABC"));
        await pair.LeadsUpAsync("packet", Patience);
        say($"{Count} messages at once");
        var burst = await Burst.AtOnceAsync(pair, [.. HeldOutTexts.Dutch.Take(Count)], () => 0);
        var (sent, heard) = (Frames(pair.Steunpunt, "framesSent"), Frames(pair.Meldkamer, "framesReceived"));
        return
        [
            new(
                what, "–", bar,
                string.Create(CultureInfo.InvariantCulture, $"{burst.Acknowledged} of {Count} in {burst.Took.TotalSeconds:0} s; {heard} of the {sent} frames up were heard"),
                burst.Acknowledged == Count && pair.Delivered.Count == Count),
        ];
    }

    private static int Frames(TestNode node, string name) =>
        node.Status.GetProperty("links").EnumerateArray().First(link => link.GetProperty("name").GetString() == "packet").GetProperty(name).GetInt32();
}
