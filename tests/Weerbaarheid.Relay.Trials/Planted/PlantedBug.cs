using System.Text.Json;

namespace Weerbaarheid.Relay.Trials.Planted;

/// <summary>A mistake that somebody could make, as one edit of one file, and the tests or trial that must notice it.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Mistake">What goes wrong, in a sentence.</param>
/// <param name="File">Path in the repository.</param>
/// <param name="Find">Text that stands in the file exactly once.</param>
/// <param name="Replace">What takes its place.</param>
/// <param name="Project">Test project that notices it.</param>
/// <param name="Filter">Filter for <c>dotnet test</c>; null when a trial notices it.</param>
/// <param name="Trial">Arguments of the trials program, such as <c>seeds --count 20</c>; null when tests notice it.</param>
/// <param name="Promise">Words of the broken promise that the trial must name; null when any will do.</param>
internal sealed record PlantedBug(string Name, string Mistake, string File, string Find, string Replace, string Project, string? Filter, string? Trial, string? Promise)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, RespectRequiredConstructorParameters = false };

    /// <summary>Who must notice it, for people.</summary>
    public string Catcher => Filter ?? $"trial {Trial}";

    /// <summary>Name of the trial that must notice it; null when tests do.</summary>
    public string? TrialName => Trial?.Split(' ')[0];

    /// <summary>All there are.</summary>
    /// <param name="root">The repository.</param>
    public static IReadOnlyList<PlantedBug> Read(string root) =>
        JsonSerializer.Deserialize<List<PlantedBug>>(System.IO.File.ReadAllText(Path.Combine(root, "tests/Weerbaarheid.Relay.Trials/Planted/planted.json")), Options)!;

    /// <summary>How often the text to be replaced stands in the file; it must be once.</summary>
    public int Occurrences(string root)
    {
        var path = Path.Combine(root, File);
        return System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path).Split(Find).Length - 1 : 0;
    }
}
