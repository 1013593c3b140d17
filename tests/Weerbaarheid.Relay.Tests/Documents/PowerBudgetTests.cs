namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>The arithmetic of hardware/stroombudget.md, done again.</summary>
public sealed class PowerBudgetTests
{
    private const string Name = "stroombudget.md";
    private static readonly string[] Sizes = ["klein", "midden", "groot"];

    private static List<MarkdownTable> Loads => [.. HardwareDocument.Tables(Name).Where(table => table.Head.Contains("deel van de tijd"))];

    private static List<MarkdownTable> Chains => [.. HardwareDocument.Tables(Name).Where(table => table.Head.Contains("formule"))];

    [Fact]
    public void Every_part_is_voltage_times_current_times_its_share_of_the_time_and_the_total_is_their_sum()
    {
        Assert.Equal(Sizes.Length, Loads.Count);
        foreach (var table in Loads)
        {
            var parts = table.Rows.SkipLast(1).ToList();
            foreach (var row in parts)
            {
                var watts = table.Figure(row, "spanning V") * table.Figure(row, "stroom mA") / 1_000 * table.Figure(row, "deel van de tijd");
                HardwareDocument.AssertIs(watts, table.Cell(row, "vermogen W"), $"{table.Heading}, {row[0]}");
            }

            Assert.Equal("**totaal**", table.Rows[^1][0]);
            HardwareDocument.AssertIs(parts.Sum(row => table.Figure(row, "vermogen W")), table.Cell(table.Rows[^1], "vermogen W"), table.Heading);
        }
    }

    [Fact]
    public void A_radio_listens_while_it_does_not_transmit_and_transmits_no_more_than_the_law_allows()
    {
        foreach (var table in Loads)
        {
            double Share(string part) => table.Figure(Assert.Single(table.Rows, row => row[0] == part), "deel van de tijd");
            Assert.Equal(1, Share("modem: ontvangen") + Share("modem: zenden"), 9);
            Assert.Equal(0.1, Share("modem: zenden"), 9);
        }
    }

    /// <summary>From the power to the battery every row follows from the one that its formula names.</summary>
    [Fact]
    public void Every_row_follows_from_its_formula()
    {
        Assert.Equal(2, Chains.Count);
        foreach (var table in Chains)
        {
            var byLetter = table.Rows.ToDictionary(row => table.Cell(row, "regel"));
            Assert.Equal("A × 72", table.Cell(byLetter["B"], "formule"));
            foreach (var row in table.Rows.Skip(1))
            {
                var formula = table.Cell(row, "formule").Split(' ');
                foreach (var size in Sizes)
                {
                    var from = table.Figure(byLetter[formula[0]], size);
                    var number = HardwareDocument.Figure(formula[2]);
                    var value = formula[1] switch { "×" => from * number, "÷" => from / number, _ => throw new InvalidOperationException($"'{formula[1]}' is neither × nor ÷") };
                    HardwareDocument.AssertIs(value, table.Cell(row, size), $"{table.Heading}, {row[0]}, {size}");
                }
            }
        }
    }

    [Fact]
    public void The_chains_begin_with_the_totals()
    {
        var idle = HardwareDocument.Table(Name, "rustend W");
        for (var i = 0; i < Sizes.Length; i++)
        {
            var total = Loads[i].Figure(Loads[i].Rows[^1], "vermogen W");
            HardwareDocument.AssertIs(total, Chains[0].Cell(Chains[0].Rows[0], Sizes[i]), $"ruim, {Sizes[i]}");
            var rest = total - Loads[i].Figure(Loads[i].Rows[0], "vermogen W");
            HardwareDocument.AssertIs(rest + idle.Figure(idle.Rows[i], "rustend W"), Chains[1].Cell(Chains[1].Rows[0], Sizes[i]), $"krap, {Sizes[i]}");
        }
    }

    [Fact]
    public void The_battery_on_the_list_of_parts_holds_what_was_computed()
    {
        var parts = HardwareDocument.Tables("onderdelenlijst.md").SelectMany(table => table.Rows.Select(row => (Table: table, Row: row))).ToList();
        var (list, battery) = Assert.Single(parts, part => part.Row[0].StartsWith("accu", StringComparison.Ordinal));
        var (_, charger) = Assert.Single(parts, part => part.Row[0].StartsWith("lader", StringComparison.Ordinal));
        foreach (var size in Sizes)
        {
            double Needed(string letter) => Chains[0].Figure(Chains[0].Rows.Single(row => row[0] == letter), size);
            Assert.True(Ampere(list.Cell(battery, size)) >= Needed("G"), size);
            Assert.True(Ampere(list.Cell(charger, size)) >= (Needed("I") + (Needed("A") / 0.85)) / 14.4, size);
        }

        static double Ampere(string cell) => HardwareDocument.Figure(cell.Split(' ')[0]);
    }
}
