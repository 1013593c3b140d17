using System.Globalization;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>Moments and spans in plain Dutch.</summary>
/// <param name="local">The time on the clocks of the people there; the machine may stand in another zone, or know none.</param>
internal sealed class Moments(Func<DateTimeOffset, DateTimeOffset> local)
{
    private static readonly string[] Days = ["zo", "ma", "di", "wo", "do", "vr", "za"];
    private static readonly string[] Months = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];

    /// <summary><c>14:02</c>, and of another day <c>di 1 dec 14:02</c>.</summary>
    public string At(DateTimeOffset moment, DateTimeOffset now)
    {
        var (then, today) = (local(moment), local(now));
        var time = then.ToString("HH:mm", CultureInfo.InvariantCulture);
        return then.Date == today.Date ? time : string.Create(CultureInfo.InvariantCulture, $"{Days[(int)then.DayOfWeek]} {then.Day} {Months[then.Month - 1]} {time}");
    }

    /// <summary><c>5 minuten</c>, in the largest unit that says enough.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => "minder dan een minuut",
        { TotalMinutes: < 120 } => Count((long)span.TotalMinutes, "minuut", "minuten"),
        { TotalHours: < 48 } => Count((long)span.TotalHours, "uur", "uur"),
        _ => Count((long)span.TotalDays, "dag", "dagen"),
    };

    /// <summary><c>1 bericht</c>, <c>3 berichten</c>.</summary>
    public static string Count(long number, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");
}
