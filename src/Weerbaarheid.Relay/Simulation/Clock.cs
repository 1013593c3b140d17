using System.Globalization;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Simulated times as people read and write them.</summary>
internal static class Clock
{
    /// <summary><c>02:13:20</c>, from one day on <c>1d 02:13:20</c>.</summary>
    public static string Text(TimeSpan time)
    {
        var sign = time < TimeSpan.Zero ? "-" : "";
        var days = (int)Math.Abs(time.TotalDays);
        return sign + (days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{days}d ") : "") + time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads <c>1d 04:00</c>, <c>04:00</c>, <c>04:00:30</c>.</summary>
    public static bool TryRead(string text, out TimeSpan time)
    {
        time = default;
        var days = 0;
        var at = text.IndexOf('d', StringComparison.Ordinal);
        if (at >= 0 && !int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out days)) return false;
        var rest = text[(at + 1)..].Trim();
        if (days > 3_650 || (rest.Length == 0 && at < 0)) return false;
        var parts = rest.Length == 0 ? ["0", "0"] : rest.Split(':');
        if (parts.Length is < 2 or > 3) return false;
        var values = new int[3];
        for (var i = 0; i < parts.Length; i++)
            if (parts[i].Length > 4 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i])) return false;
        if (values[1] > 59 || values[2] > 59) return false;
        time = new TimeSpan(days, values[0], values[1], values[2]);
        return true;
    }
}
