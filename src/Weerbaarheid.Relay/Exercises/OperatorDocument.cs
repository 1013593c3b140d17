using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>What the command line asks of a running node about exercises and erasure, and what the node answers.</summary>
internal static class OperatorDocument
{
    /// <summary>Under this address the requests are asked, each with its own last part.</summary>
    public const string Root = "/api/v1/operator";

    /// <summary>The requests.</summary>
    public const string Start = "exercise-start", Stop = "exercise-stop", List = "exercise-list", Evaluate = "exercise-evaluate", Erase = "erase";

    /// <summary>No page can make a browser send this type to another site.</summary>
    public const string ContentType = "application/vnd.weerbaarheid-relay.order+json";

    /// <summary>Exercises, oldest first.</summary>
    public static byte[] Of(IReadOnlyList<ExerciseEntry> exercises) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("exercises");
        foreach (var exercise in exercises) ExerciseBook.Write(json, exercise);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>An evaluation as its two files.</summary>
    public static byte[] Of(Evaluation evaluation) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("summary", Summary(evaluation));
        json.WriteBase64String("html", EvaluationPage.ToHtml(evaluation));
        json.WriteBase64String("csv", EvaluationTable.ToCsv(evaluation));
        json.WriteEndObject();
    });

    /// <summary>An evaluation in a sentence.</summary>
    public static string Summary(Evaluation evaluation) =>
        $"Oefening {evaluation.Exercise.Name}: {evaluation.Messages.Count} berichten, {evaluation.Undelivered.Count()} niet bij de meldkamer gekomen, {evaluation.Unanswered.Count()} nooit opgepakt; "
        + $"{evaluation.Outages.Count} keer uitval, {evaluation.Switches.Count} omschakelingen.";

    /// <summary>What an erasure did.</summary>
    public static byte[] Of(ErasureReport report) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("outcome", report.Outcome.ToString());
        json.WriteNumber("erased", report.Erased);
        json.WriteNumber("kept", report.Kept);
        json.WriteNumber("words", report.Words);
        json.WriteNumber("papers", report.Papers);
        json.WriteNumber("papersLeft", report.PapersLeft);
        json.WriteNumber("stores", report.Stores);
        json.WriteNumber("storesLeft", report.StoresLeft);
        if (report.Problem is { } problem) json.WriteString("problem", problem);
        json.WriteEndObject();
    });

    /// <summary>Reads what an erasure did; null when it says something else.</summary>
    public static ErasureReport? ReadErasure(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            var json = parsed.RootElement;
            return new ErasureReport(
                Enum.Parse<ErasureOutcome>(json.GetProperty("outcome").GetString()!), json.GetProperty("erased").GetInt32(), json.GetProperty("kept").GetInt32(),
                json.GetProperty("stores").GetInt32(), json.GetProperty("storesLeft").GetInt32(), json.TryGetProperty("problem", out var problem) ? problem.GetString() : null)
            {
                Words = json.GetProperty("words").GetInt32(),
                Papers = json.GetProperty("papers").GetInt32(),
                PapersLeft = json.GetProperty("papersLeft").GetInt32(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            return null;
        }
    }
}
