using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>One of the plain buttons under which a volunteer finds what is the matter.</summary>
/// <param name="Code">What stands for it in a form.</param>
/// <param name="Label">What is on the button; the text of the melding begins with it when its category says less.</param>
/// <param name="Category">The category that it stands for; null when it says nothing.</param>
/// <param name="Priority">How urgent it is unless the melder says otherwise, 1 to 4.</param>
internal sealed record MeldingChoice(string Code, string Label, string? Category, int Priority)
{
    /// <summary>Whether the label says more than the category does. If not, it is not sent: bytes are dear.</summary>
    public bool SaysMore => Category is not null && Choices.WordFor(Category) != Label;
}

/// <summary>The buttons and words of the pages: data (<c>keuzes.json</c>), because the national advice will change them.</summary>
internal static class Choices
{
    private static readonly Dictionary<string, string> Words = [];

    static Choices()
    {
        using var resource = typeof(Choices).Assembly.GetManifestResourceStream("keuzes.json") ?? throw new InvalidOperationException("The choices are not in the program.");
        using var document = JsonDocument.Parse(resource);
        Melding = [.. document.RootElement.GetProperty("melding").EnumerateArray().Select(Read)];
        foreach (var word in document.RootElement.GetProperty("words").EnumerateObject()) Words[word.Name] = word.Value.GetString()!;
    }

    /// <summary>The buttons of a melding, in the order in which they stand.</summary>
    public static IReadOnlyList<MeldingChoice> Melding { get; }

    /// <summary>The Dutch word for a name on the wire; the name itself when there is none.</summary>
    public static string WordFor(string name) => Words.GetValueOrDefault(name, name);

    /// <summary>A category in words; null when the message has none.</summary>
    public static string? Category(MessageType type, byte code) =>
        CategoryTable.Current.Name(type, code) is { } name ? WordFor(name) : code == 0 ? null : $"categorie {code}";

    private static MeldingChoice Read(JsonElement one) => new(
        one.GetProperty("code").GetString()!, one.GetProperty("label").GetString()!,
        one.TryGetProperty("category", out var category) ? category.GetString() : null, one.GetProperty("priority").GetInt32());
}
