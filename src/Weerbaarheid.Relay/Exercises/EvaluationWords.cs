using System.Globalization;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>How the evaluation says numbers.</summary>
internal static class EvaluationWords
{
    /// <summary>Seconds with a comma, as Dutch Excel reads them; empty when there is none.</summary>
    public static string Seconds(TimeSpan? time) => time is { } known ? known.TotalSeconds.ToString("0.0##", CultureInfo.InvariantCulture).Replace('.', ',') : "";

    /// <summary>A duration as people read it: <c>0,4 s</c>, <c>3 min 5 s</c>, <c>2 u 10 min</c>; a dash when there is none.</summary>
    public static string Duration(TimeSpan? time) => time switch
    {
        null => "–",
        { TotalSeconds: < 60 } brief => string.Create(CultureInfo.InvariantCulture, $"{brief.TotalSeconds:0.0}").Replace('.', ',') + " s",
        { TotalMinutes: < 60 } medium => string.Create(CultureInfo.InvariantCulture, $"{(int)medium.TotalMinutes} min {medium.Seconds} s"),
        { } lengthy => string.Create(CultureInfo.InvariantCulture, $"{(int)lengthy.TotalHours} u {lengthy.Minutes} min"),
    };
}
