using System.Text;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Reads MessagePack values one after the other from bytes that nobody vouches for. Every outcome is a value; after
/// anything but <see cref="PackOutcome.Read"/> the reader stands where it stood.
/// </summary>
public ref struct PackReader(ReadOnlySpan<byte> source)
{
    /// <summary>How deep arrays and maps may be nested in a value that is skipped.</summary>
    public const int MaxDepth = 8;

    private readonly ReadOnlySpan<byte> _source = source;

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool AtEnd => Position == _source.Length;

    /// <summary>The kind of value that stands next; <see cref="PackKind.None"/> at the end.</summary>
    public readonly PackKind Next => AtEnd ? PackKind.None : PackCode.KindOf(_source[Position]);

    private readonly ReadOnlySpan<byte> Rest => _source[Position..];

    /// <summary>Steps over a nil.</summary>
    /// <returns>False when something else stands here.</returns>
    public bool SkipNil()
    {
        if (Next != PackKind.Nil) return false;
        Position++;
        return true;
    }

    public PackOutcome ReadBoolean(out bool value)
    {
        value = !AtEnd && _source[Position] == PackCode.True;
        if (Next != PackKind.Boolean) return AtEnd ? PackOutcome.Truncated : PackOutcome.Mismatch;
        Position++;
        return PackOutcome.Read;
    }

    public PackOutcome ReadUnsigned(out ulong value) => Advance(PackDecode.Unsigned(Rest, out value, out var size), size);

    public PackOutcome ReadSigned(out long value) => Advance(PackDecode.Signed(Rest, out value, out var size), size);

    public PackOutcome ReadFraction(out double value) => Advance(PackDecode.Fraction(Rest, out value, out var size), size);

    /// <summary>A text's UTF-8, checked.</summary>
    public PackOutcome ReadText(out ReadOnlySpan<byte> utf8)
    {
        var outcome = PackDecode.Text(Rest, out utf8, out var size);
        if (outcome == PackOutcome.Read && !Utf8.IsValid(utf8)) outcome = PackOutcome.NotText;
        return Advance(outcome, size);
    }

    /// <summary>A text as a string.</summary>
    public PackOutcome ReadText(out string? value)
    {
        var outcome = ReadText(out ReadOnlySpan<byte> utf8);
        value = outcome == PackOutcome.Read ? Encoding.UTF8.GetString(utf8) : null;
        return outcome;
    }

    public PackOutcome ReadBinary(out ReadOnlySpan<byte> value) => Advance(PackDecode.Binary(Rest, out value, out var size), size);

    /// <summary>Enters an array; its elements follow.</summary>
    public PackOutcome ReadArrayHeader(out int count) => Advance(PackDecode.ArrayCount(Rest, out count, out var size), size);

    /// <summary>Enters a map; that many pairs of key and value follow.</summary>
    public PackOutcome ReadMapHeader(out int count) => Advance(PackDecode.MapCount(Rest, out count, out var size), size);

    /// <summary>Steps over one value of any kind.</summary>
    public PackOutcome Skip() => Advance(PackDecode.Skip(Rest, MaxDepth, out var size), size);

    private PackOutcome Advance(PackOutcome outcome, int size)
    {
        if (outcome == PackOutcome.Read) Position += size;
        return outcome;
    }
}
