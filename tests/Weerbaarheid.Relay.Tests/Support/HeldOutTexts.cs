using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>Texts of exactly 100 characters for messages on a radio.</summary>
internal static class HeldOutTexts
{
    private const int Length = 100;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Meldingen in Dutch that the text model was not trained on. A line that is too short goes on with the next one.</summary>
    internal static IReadOnlyList<string> Dutch { get; } = ReadDutch();

    /// <summary>Letters and digits without any pattern: 6 bits of each can be saved by nobody.</summary>
    internal static IReadOnlyList<string> Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new string([.. Enumerable.Range(0, Length).Select(_ => Letters[random.Next(Letters.Length)])]))];
    }

    private static List<string> ReadDutch()
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "samples", "corpus", "test", "meldingen.txt")).Where(line => line.Length >= 60).ToList();
        return [.. lines.Select((line, i) => $"{line}. {lines[(i + 1) % lines.Count]}"[..Length])];
    }
}
