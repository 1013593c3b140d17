using System.Globalization;

namespace Weerbaarheid.Relay.Markup;

/// <summary>
/// Dutch clock time. By the European rule itself (summer time from the last Sunday of March to the last of October, at 01:00 UTC), because
/// a board may lack time zone data or stand in another zone.
/// </summary>
internal static class DutchTime
{
    /// <summary>As Dutch Excel reads it: <c>01-12-2026 14:03:22</c>.</summary>
    public static string Sheet(DateTimeOffset moment) => At(moment).ToString("dd-MM-yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As people read it: <c>1-12-2026 14:03</c>.</summary>
    public static string Short(DateTimeOffset moment) => At(moment).ToString("d-M-yyyy HH:mm", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601 to the second, with the offset in digits and never a Z: <c>2026-12-01T14:03:22+01:00</c>.</summary>
    public static string Iso(DateTimeOffset moment) => At(moment).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>The same moment with the offset that holds in the Netherlands then.</summary>
    public static DateTimeOffset At(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        var isSummer = utc >= LastSunday(utc.Year, 3) && utc < LastSunday(utc.Year, 10);
        return moment.ToOffset(TimeSpan.FromHours(isSummer ? 2 : 1));
    }

    private static DateTime LastSunday(int year, int month)
    {
        var last = new DateTime(year, month, DateTime.DaysInMonth(year, month), 1, 0, 0, DateTimeKind.Utc);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
