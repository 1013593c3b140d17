using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weerbaarheid.Relay.Commands;

namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>Every figure says where it comes from, every link leads somewhere, and every order that is named exists.</summary>
public sealed partial class SourceTests
{
    public static TheoryData<string> WithFigures => [.. HardwareDocument.WithFigures];

    [Theory]
    [MemberData(nameof(WithFigures))]
    public void Every_row_with_a_figure_names_its_source(string name)
    {
        var tables = HardwareDocument.Tables(name);
        Assert.NotEmpty(tables);
        foreach (var table in tables)
        {
            var source = Array.IndexOf(table.Head, "bron");
            foreach (var row in table.Rows)
            {
                Assert.True(row.Length == table.Head.Length, $"{name}, {table.Heading}: '{row[0]}' has {row.Length} cells of {table.Head.Length}");
                if (source < 0) Assert.False(row.Any(cell => Digit().IsMatch(cell)), $"{name}, {table.Heading}: '{row[0]}' has a figure and the table no column 'bron'");
                else Assert.True(row[source].Length >= 4, $"{name}, {table.Heading}: '{row[0]}' names no source");
            }
        }
    }

    [Theory]
    [MemberData(nameof(WithFigures))]
    public void A_document_is_read_in_one_sitting(string name) => Assert.InRange(HardwareDocument.Read(name).Split('\n').Length, 20, 300);

    [Fact]
    public void Every_link_leads_to_a_file_and_the_index_leads_to_every_document()
    {
        foreach (var name in HardwareDocument.WithFigures.Append("README.md"))
        {
            foreach (var target in Link().Matches(HardwareDocument.Read(name)).Select(match => match.Groups[1].Value))
                Assert.True(File.Exists(Path.Combine(HardwareDocument.Folder, target)), $"{name} leads to {target}, which is not there");
        }

        var index = HardwareDocument.Read("README.md");
        foreach (var path in Directory.EnumerateFiles(HardwareDocument.Folder))
        {
            var name = Path.GetFileName(path);
            if (name != "README.md") Assert.True(index.Contains($"]({name})", StringComparison.Ordinal), $"the index does not lead to {name}");
        }
    }

    /// <summary>Nobody ran them here: the reader must see that.</summary>
    [Fact]
    public void Orders_for_a_board_are_marked_as_needing_hardware()
    {
        var blocks = HardwareDocument.WithFigures.SelectMany(name => ShellBlock().Matches(HardwareDocument.Read(name))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.StartsWith("# hardware nodig", block, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_verb_that_is_named_exists()
    {
        var context = new VerbContext(TextReader.Null, TextWriter.Null, TextWriter.Null, new Dictionary<string, string>(), TimeProvider.System);
        var verbs = RootVerb.Create(context, (_, _, _) => Task.FromResult(0)).Subcommands.Select(verb => verb.Name).ToHashSet(StringComparer.Ordinal);
        var named = HardwareDocument.WithFigures.Append("README.md").Append("plaatskaart.html").Append("checklist.html")
            .SelectMany(name => Verb().Matches(HardwareDocument.Read(name)).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(named);
        Assert.Subset(verbs, named);
    }

    /// <summary>They are printed at a place without a network.</summary>
    [Theory]
    [InlineData("plaatskaart.html")]
    [InlineData("checklist.html")]
    public void A_sheet_to_print_is_whole_by_itself(string name)
    {
        var page = XDocument.Parse(HardwareDocument.Read(name)).Root!;
        Assert.Equal("nl", page.Attribute("lang")?.Value);
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
        Assert.Contains("@page { size: A4 portrait", page.Value, StringComparison.Ordinal);
        Assert.Contains("Werkt 112? Bel dan 112.", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checklist_says_what_to_do_each_hour_at_shift_change_and_at_failure()
    {
        var headings = XDocument.Parse(HardwareDocument.Read("checklist.html")).Descendants().Where(element => element.Name.LocalName == "h2").Select(element => element.Value);
        Assert.Equal(["Openen", "Elk uur", "Bij wisseling van de wacht", "Sluiten", "Als het misgaat", "Voor de technicus", "Logboek"], headings);
    }

    [GeneratedRegex(@"\d")]
    private static partial Regex Digit();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"weerbaarheid-relay ([a-z]+)")]
    private static partial Regex Verb();
}
