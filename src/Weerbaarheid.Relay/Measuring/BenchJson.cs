using System.Text.Json;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>A run as JSON, and back for <c>bench compare</c>.</summary>
internal static class BenchJson
{
    /// <summary>The form of the document; another form gets another number.</summary>
    private const int Form = 1;

    /// <summary>Writes the fields of a run into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, BenchRun run)
    {
        json.WriteNumber("bench", Form);
        json.WriteString("at", run.At);
        json.WriteString("version", run.Version);
        if (run.Before.IsThrottled is null && run.After.IsThrottled is null) json.WriteNull("throttled");
        else json.WriteBoolean("throttled", run.Throttled);
        WriteMachine(json, "before", run.Before);
        WriteMachine(json, "after", run.After);
        json.WriteStartArray("measurements");
        foreach (var measurement in run.Measurements) WriteMeasurement(json, measurement);
        json.WriteEndArray();
        json.WriteStartArray("airtime");
        foreach (var row in run.Airtime) WriteAirtime(json, row);
        json.WriteEndArray();
    }

    /// <summary>Writes what <c>bench compare</c> found into an object that is open.</summary>
    public static void WriteDifferences(Utf8JsonWriter json, IReadOnlyList<BenchDifference> differences)
    {
        json.WriteStartArray("differences");
        foreach (var difference in differences)
        {
            json.WriteStartObject();
            json.WriteString("name", difference.Name);
            if (difference.Before is { } before) json.WriteNumber("beforeNs", before.Median);
            if (difference.After is { } after) json.WriteNumber("afterNs", after.Median);
            if (difference.Ratio is { } ratio) json.WriteNumber("ratio", ratio);
            json.WriteString("change", difference.Change.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="document">The whole document.</param>
    /// <param name="run">The run; null when it is not one.</param>
    public static bool TryRead(ReadOnlyMemory<byte> document, out BenchRun? run)
    {
        run = null;
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            if (root.GetProperty("bench").GetInt32() != Form) return false;
            run = new BenchRun(
                root.GetProperty("at").GetDateTimeOffset(), root.GetProperty("version").GetString() ?? "", ReadMachine(root.GetProperty("before")),
                ReadMachine(root.GetProperty("after")), [.. root.GetProperty("measurements").EnumerateArray().Select(ReadMeasurement)],
                [.. root.GetProperty("airtime").EnumerateArray().Select(ReadAirtime)]);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static void WriteMachine(Utf8JsonWriter json, string name, MachineFacts facts)
    {
        json.WriteStartObject(name);
        if (facts.Machine is { } machine) json.WriteString("machine", machine);
        json.WriteString("kernel", facts.Kernel);
        json.WriteNumber("cores", facts.Cores);
        if (facts.Governor is { } governor) json.WriteString("governor", governor);
        if (facts.Celsius is { } celsius) json.WriteNumber("celsius", celsius);
        if (facts.Load is { } load) json.WriteNumber("load", load);
        if (facts.Throttling is { } flags) json.WriteNumber("throttling", flags);
        json.WriteBoolean("virtual", facts.Virtual);
        json.WriteEndObject();
    }

    private static MachineFacts ReadMachine(JsonElement json) => new(
        json.TryGetProperty("machine", out var machine) ? machine.GetString() : null,
        json.GetProperty("kernel").GetString() ?? "",
        json.GetProperty("cores").GetInt32(),
        json.TryGetProperty("governor", out var governor) ? governor.GetString() : null,
        json.TryGetProperty("celsius", out var celsius) ? celsius.GetDouble() : null,
        json.TryGetProperty("load", out var load) ? load.GetDouble() : null,
        json.TryGetProperty("throttling", out var flags) ? flags.GetUInt32() : null,
        json.GetProperty("virtual").GetBoolean());

    private static void WriteMeasurement(Utf8JsonWriter json, Measurement measurement)
    {
        json.WriteStartObject();
        json.WriteString("name", measurement.Name);
        json.WriteNumber("medianNs", measurement.Median);
        json.WriteNumber("lowNs", measurement.Low);
        json.WriteNumber("highNs", measurement.High);
        json.WriteNumber("perSecond", measurement.PerSecond);
        json.WriteEndObject();
    }

    private static Measurement ReadMeasurement(JsonElement json) => new(
        json.GetProperty("name").GetString() ?? "", json.GetProperty("medianNs").GetDouble(), json.GetProperty("lowNs").GetDouble(), json.GetProperty("highNs").GetDouble());

    private static void WriteAirtime(Utf8JsonWriter json, AirtimeRow row)
    {
        json.WriteStartObject();
        json.WriteString("message", row.Message);
        json.WriteNumber("bytes", row.Bytes);
        json.WriteNumber("spreadingFactor", row.SpreadingFactor);
        json.WriteNumber("milliseconds", row.Milliseconds);
        json.WriteNumber("perHour1Percent", row.PerHourAtOnePercent);
        json.WriteNumber("perHour10Percent", row.PerHourAtTenPercent);
        json.WriteEndObject();
    }

    private static AirtimeRow ReadAirtime(JsonElement json) => new(
        json.GetProperty("message").GetString() ?? "", json.GetProperty("bytes").GetInt32(), json.GetProperty("spreadingFactor").GetInt32(),
        json.GetProperty("milliseconds").GetDouble(), json.GetProperty("perHour1Percent").GetInt64(), json.GetProperty("perHour10Percent").GetInt64());
}
