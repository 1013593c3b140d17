using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>What was counted, as one of <see cref="TextTables.States"/> states: 0 nothing, 1 to 18 one answer only, 19 to 62 both.</summary>
internal static class Evidence
{
    private static readonly int[] OneSided = [2, 4, 8, 12, 20, 40, 80, 160];
    private static readonly int[] Totals = [8, 20, 80];

    public static int StateOf(int zeros, int ones)
    {
        if (zeros + ones == 0) return 0;
        if (zeros == 0 || ones == 0) return 1 + 2 * Class(OneSided, zeros + ones) + (ones > 0 ? 1 : 0);
        return 19 + Class(Totals, zeros + ones) * 11 + Share(zeros, ones);
    }

    /// <summary>How one-sided, in eleven steps that get finer towards the ends.</summary>
    private static int Share(long zeros, long ones)
    {
        var logit = Logistics.Logit(ones, zeros + ones);
        return Math.Clamp((logit + 11 * 96) / 192, 0, 10);
    }

    private static int Class(int[] limits, int value)
    {
        var place = 0;
        while (place < limits.Length && value >= limits[place]) place++;
        return place;
    }
}
