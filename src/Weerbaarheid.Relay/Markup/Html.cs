namespace Weerbaarheid.Relay.Markup;

/// <summary>
/// Markup that is safe to send. It can only be made of what was written in the source, with holes, and a hole is text: whatever a
/// person, a radio or another program put in it is encoded.
/// </summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing.</summary>
    public static Html None => default;

    /// <summary>Markup from an interpolated string: its literal parts as they are, its holes as text. Attributes stand between double quotes.</summary>
    public static Html Of(MarkupHandler markup) => new(markup.ToString());

    /// <summary>Markup when a condition holds, else nothing. The holes are filled in either case.</summary>
    public static Html When(bool condition, MarkupHandler markup) => condition ? new Html(markup.ToString()) : None;

    /// <summary>For each of some things, its markup.</summary>
    public static Html Each<T>(IEnumerable<T> things, Func<T, Html> draw) => new(string.Concat(things.Select(thing => draw(thing)._markup)));

    public override string ToString() => _markup ?? "";
}

/// <summary>What a field of a form holds: encoded, and otherwise exactly as it was given, because it comes back.</summary>
/// <param name="Text">The text.</param>
internal readonly record struct FieldValue(string Text);
