using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Tests.Golden;
using Weerbaarheid.Relay.Wire.Text;
using Weerbaarheid.Relay.Wire.Training;

namespace Weerbaarheid.Relay.Wire.Tests.Text;

/// <summary>What the model promises, on texts that it was not trained on.</summary>
public sealed class CorpusTests
{
    internal static readonly string Folder = Path.Combine(Root(), "samples", "corpus");

    public static TheoryData<string> TestFiles => [.. Directory.GetFiles(Path.Combine(Folder, "test"), "*.txt").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(TestFiles))]
    public void Texts_that_were_not_trained_on_take_at_most_two_fifths_of_their_UTF8(string file)
    {
        var (plain, coded) = Corpus.Measure(TextModel.Tables, File.ReadAllLines(Path.Combine(Folder, "test", file)));
        Assert.True(coded * 100 <= plain * 40, $"{file}: {coded} of {plain} bytes, {100.0 * coded / plain:0.0} %");
    }

    [Fact]
    public void No_text_is_in_both_parts_and_there_are_enough_of_both()
    {
        var (training, test) = (LinesOf("training"), LinesOf("test"));
        Assert.Empty(test.Select(Plain).Intersect(training.Select(Plain)));
        Assert.InRange(training.Count, 700, 100_000);
        Assert.InRange(test.Count, 200, 100_000);
        Assert.Equal(test.Count, test.Distinct().Count());
    }

    [Fact]
    public void What_is_shown_as_an_example_was_not_trained_on()
    {
        var training = LinesOf("training").ToHashSet();
        var samples = File.ReadAllLines(Path.Combine(Folder, "..", "meldingen.jsonl"));
        var examples = samples.Concat(Vectors.Envelopes.Select(vector => vector.Json)).SelectMany(TextsIn).ToList();
        Assert.InRange(examples.Count, 15, 1000);
        Assert.All(examples, example => Assert.DoesNotContain(example, training));
    }

    private static IEnumerable<string> TextsIn(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.TryGetProperty("text", out var text)) yield return text.GetString()!;
        if (root.TryGetProperty("location", out var place) && place.TryGetProperty("text", out var words)) yield return words.GetString()!;
    }

    [Fact]
    public void Every_text_of_the_corpus_comes_back_as_it_went()
    {
        foreach (var line in LinesOf("training").Concat(LinesOf("test")).Where(line => line.Length <= MessageLimits.BulletinText)) TextModelTests.ComesBack(line);
    }

    /// <summary>Its bytes are the meaning of version 1: a change would make every node in the field misread every text.</summary>
    [Fact]
    public void Training_again_gives_the_resource_byte_for_byte()
    {
        using var stream = typeof(TextModel).Assembly.GetManifestResourceStream(TextModel.ResourceName)!;
        var shipped = new byte[stream.Length];
        stream.ReadExactly(shipped);
        Assert.InRange(shipped.Length, 1, 1_000_000);
        Assert.True(shipped.AsSpan().SequenceEqual(ModelTraining.Train(Corpus.Read(Folder))), "The corpus, the training or the resource has changed alone.");
    }

    [Fact]
    public void Every_symbol_has_a_way_through_the_tree_that_ends_at_it()
    {
        var tables = TextModel.Tables;
        Assert.InRange(tables.Symbols.Count, 2, 128);
        for (var symbol = 0; symbol < tables.Symbols.Count; symbol++)
        {
            var node = 0;
            for (var step = 0; step < tables.CodeLength[symbol]; step++) node = tables.Tree[2 * node + (int)((tables.Code[symbol] >> step) & 1)];
            Assert.Equal(TextTree.Leaf + symbol, node);
            Assert.InRange(tables.CodeLength[symbol], 1, 32);
        }
    }

    private static string Plain(string line) => string.Concat(line.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static List<string> LinesOf(string part) =>
        [.. Directory.GetFiles(Path.Combine(Folder, part), "*.txt").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Weerbaarheid.Relay.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
