using System.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A text as it stands in a body that was checked.</summary>
public readonly ref struct TextView
{
    private readonly ReadOnlySpan<byte> _utf8;

    internal TextView(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8;
        IsKnown = true;
    }

    /// <summary>Whether there is a text; an empty one is a text too.</summary>
    public bool IsKnown { get; }

    /// <summary>The text, valid UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The text as a string, or null when there is none. Allocates.</summary>
    public string? AsString() => IsKnown ? Encoding.UTF8.GetString(_utf8) : null;

    /// <inheritdoc/>
    public override string ToString() => AsString() ?? "";
}
