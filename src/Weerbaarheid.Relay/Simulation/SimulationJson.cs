using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>A result as programs read it: one JSON object on one line; times in seconds.</summary>
internal static class SimulationJson
{
    public static void Write(SimulationResult result, TextWriter output)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("seed", result.Seed);
            json.WriteNumber("simulatedSeconds", Math.Round(result.Simulated.TotalSeconds, 3));
            json.WriteString("trace", result.TraceHash.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteNumber("duplicates", result.Duplicates);
            WritePriorities(json, result.Priorities);
            WriteLinks(json, result.Links);
            json.WriteStartArray("violations");
            foreach (var violation in result.Violations) json.WriteStringValue(violation);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length));
    }

    private static void WritePriorities(Utf8JsonWriter json, IReadOnlyList<PriorityResult> priorities)
    {
        json.WriteStartArray("priorities");
        foreach (var one in priorities)
        {
            json.WriteStartObject();
            json.WriteNumber("priority", one.Priority);
            json.WriteNumber("accepted", one.Accepted);
            json.WriteNumber("delivered", one.Delivered);
            json.WriteNumber("expired", one.Expired);
            json.WriteNumber("medianSeconds", Math.Round(one.Median.TotalSeconds, 3));
            json.WriteNumber("p95Seconds", Math.Round(one.P95.TotalSeconds, 3));
            json.WriteNumber("maxSeconds", Math.Round(one.Max.TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, IReadOnlyList<LinkResult> links)
    {
        json.WriteStartArray("links");
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("name", link.Name);
            json.WriteNumber("frames", link.Frames);
            json.WriteNumber("bytes", link.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
