using System.Text;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>What the model learns from: texts as they are sent, and lists of words that say nothing about how often or in what order.</summary>
internal sealed record Corpus(IReadOnlyList<string> Lines, IReadOnlyList<string> Words)
{
    /// <param name="folder">Has <c>training/</c> with texts, one a line, and <c>words/</c> with words, one a line.</param>
    public static Corpus Read(string folder) => new(LinesOf(Path.Combine(folder, "training")), LinesOf(Path.Combine(folder, "words")));

    /// <returns>Bytes of UTF-8, and bytes when each line takes the shorter of the two.</returns>
    public static (int Plain, int Coded) Measure(TextTables tables, IEnumerable<string> lines)
    {
        var (plain, coded) = (0, 0);
        var room = new byte[4096];
        foreach (var line in lines)
        {
            var utf8 = Encoding.UTF8.GetByteCount(line);
            var length = TextModel.Encode(tables, line, room);
            plain += utf8;
            coded += length == 0 ? utf8 : Math.Min(utf8, length);
        }

        return (plain, coded);
    }

    private static List<string> LinesOf(string folder) =>
        [.. Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).Where(line => line.Length > 0)];
}
