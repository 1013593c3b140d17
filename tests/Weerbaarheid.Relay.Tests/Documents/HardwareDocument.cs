using System.Globalization;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>A document of <c>hardware/</c> and the tables in it.</summary>
internal static class HardwareDocument
{
    /// <summary>Those with figures, each for somebody to read in one sitting.</summary>
    public static readonly string[] WithFigures =
    [
        "onderdelenlijst.md", "bereik.md", "antenne-en-zendregels.md", "stroombudget.md", "bedrading-en-kast.md", "bord-inrichten.md",
    ];

    public static string Folder { get; } = Path.Combine(SourceTree.Root, "hardware");

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>All tables of a document, in order.</summary>
    public static IReadOnlyList<MarkdownTable> Tables(string name)
    {
        var tables = new List<MarkdownTable>();
        var (heading, rows) = ("", new List<string[]>());
        foreach (var line in Read(name).Split('\n').Append(""))
        {
            if (line.StartsWith('|'))
            {
                rows.Add([.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())]);
                continue;
            }

            // The second row is the rule under the head.
            if (rows.Count > 2) tables.Add(new MarkdownTable(heading, rows[0], rows[2..]));
            rows.Clear();
            if (line.StartsWith('#')) heading = line.TrimStart('#', ' ');
        }

        return tables;
    }

    /// <summary>The only table with these columns among others; fails the test when there is not exactly one.</summary>
    public static MarkdownTable Table(string name, params string[] columns) =>
        Assert.Single(Tables(name), table => columns.All(table.Head.Contains));

    /// <summary>A figure as Dutch people write it, perhaps in bold or with a sign of percent behind it.</summary>
    public static double Figure(string cell) =>
        double.Parse(cell.Trim('*', ' ').Replace(" %", "", StringComparison.Ordinal).Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>Half of the last decimal that a figure is written with, and a hair: what rounding may hide.</summary>
    public static double Rounding(string cell)
    {
        var comma = cell.Trim('*', ' ').IndexOf(',', StringComparison.Ordinal);
        return (0.5 * Math.Pow(10, comma < 0 ? 0 : -(cell.Trim('*', ' ').Length - comma - 1))) + 1e-9;
    }

    /// <summary>Fails unless a cell is what was computed, rounded.</summary>
    public static void AssertIs(double computed, string cell, string where)
    {
        // Figures that follow from rounded ones may be off by one in the last place at an exact half.
        Assert.True(Math.Abs(computed - Figure(cell)) <= Rounding(cell) * 1.001, $"{where}: {cell} is written, {computed.ToString("0.#####", CultureInfo.InvariantCulture)} is computed");
    }
}

/// <summary>A table of Markdown.</summary>
/// <param name="Heading">The heading it stands under.</param>
/// <param name="Head">Names of its columns.</param>
/// <param name="Rows">Its cells.</param>
internal sealed record MarkdownTable(string Heading, string[] Head, IReadOnlyList<string[]> Rows)
{
    public string Cell(string[] row, string column) => row[Array.IndexOf(Head, column)];

    public double Figure(string[] row, string column) => HardwareDocument.Figure(Cell(row, column));
}
