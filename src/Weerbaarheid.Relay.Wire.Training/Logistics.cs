using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>The logistic function as a table, and back. In decimals, which are the same on every machine.</summary>
internal static class Logistics
{
    public static ushort[] Table { get; } = Build();

    /// <summary>The logit of <paramref name="ones"/> in <paramref name="total"/>, in 1/256 nat.</summary>
    public static int Logit(long ones, long total)
    {
        if (2 * ones < total) return -Logit(total - ones, total);
        var chance = 65536 * ones / total;
        var (low, high) = (0, TextTables.MaxLogit);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Table[middle] <= chance) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    private static ushort[] Build()
    {
        // exp(-1/256) by its series; seven terms are exact to the last decimal that matters.
        var (step, term) = (1m, 1m);
        for (var i = 1; i <= 10; i++)
        {
            term *= -1m / 256 / i;
            step += term;
        }

        var table = new ushort[TextTables.MaxLogit + 1];
        var power = 1m;
        for (var i = 0; i < table.Length; i++, power *= step) table[i] = (ushort)Math.Min(65535, Math.Round(65536m / (1 + power)));
        return table;
    }
}
