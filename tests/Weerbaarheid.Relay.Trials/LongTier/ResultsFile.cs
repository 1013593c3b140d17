using System.Text.Json;

namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>A file that only grows, a line of JSON for each <see cref="Chunk"/>: what is in it outlives whatever stops the run.</summary>
internal sealed class ResultsFile(string folder)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly string _path = Path.Combine(folder, "results.jsonl");

    public IReadOnlyList<Chunk> Read() => File.Exists(_path) ? Parse(File.ReadLines(_path)) : [];

    /// <summary>Line by line; one that was cut off while it was written counts as not run.</summary>
    public static IReadOnlyList<Chunk> Parse(IEnumerable<string> lines)
    {
        var chunks = new List<Chunk>();
        foreach (var line in lines)
        {
            try
            {
                if (JsonSerializer.Deserialize<Chunk>(line, Json) is { } chunk) chunks.Add(chunk);
            }
            catch (JsonException)
            {
                // Its cases are run again.
            }
        }

        return chunks;
    }

    /// <summary>A line of its own, also behind one that was cut off.</summary>
    public static string Line(Chunk chunk) => $"\n{JsonSerializer.Serialize(chunk, Json)}";

    public void Add(Chunk chunk) => File.AppendAllText(_path, Line(chunk));
}
