using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Trials.Planted;

/// <summary>The list of planted bugs for people: what goes wrong, and who notices it.</summary>
internal static class PlantedText
{
    /// <summary>Where it is kept in the repository.</summary>
    public const string Path = "tests/Weerbaarheid.Relay.Trials/Planted/planted.md";

    public static string Write(IReadOnlyList<PlantedBug> bugs)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {bugs.Count} planted bugs, and what catches them\n\n");
        text.Append("Made from `planted.json` with `dotnet run -c Release --project tests/Weerbaarheid.Relay.Trials -- planted --list`; a test compares the two.\n");
        text.Append("`planted --option NAME,NAME` plants the bugs of these names, or all bugs of the trials of these names. Caught is a bug only when one of these tests fails,\n");
        text.Append("or when the trial names a broken promise (the one in quotes, where there is one): a time-out, a crash and a filter without tests are not.\n");
        foreach (var group in bugs.GroupBy(bug => bug.TrialName ?? "tests"))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {(group.Key == "tests" ? "By tests" : $"By the trial `{group.Key}`")}\n\n| bug | mistake | caught by |\n|---|---|---|\n");
            foreach (var bug in group) text.Append(CultureInfo.InvariantCulture, $"| {bug.Name} | {bug.Mistake} | {By(bug)} |\n");
        }

        return text.ToString();
    }

    private static string By(PlantedBug bug) => bug.Trial is { } trial
        ? $"`{trial}`{(bug.Promise is { } promise ? $": \"{promise}\"" : "")}"
        : string.Join(", ", bug.Filter!.Split('|').Select(filter => $"`{filter.Replace("FullyQualifiedName~", "", StringComparison.Ordinal)}`"));
}
