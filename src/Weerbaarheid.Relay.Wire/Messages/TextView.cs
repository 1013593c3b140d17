using System.Runtime.CompilerServices;
using System.Text;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A text as it stands in a body that was checked: as UTF-8, or coded by the text model (FORMAT.md §9).</summary>
public readonly ref struct TextView
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Form _form;
    private readonly int _length;
    private readonly string? _kept;

    internal TextView(ReadOnlySpan<byte> utf8, bool isAscii)
    {
        _bytes = utf8;
        _form = isAscii ? Form.Ascii : Form.Utf8;
    }

    private TextView(ReadOnlySpan<byte> coded, int length, string? kept)
    {
        _bytes = coded;
        _kept = kept;
        _length = length;
        _form = Form.Coded;
    }

    private enum Form : byte
    {
        None,
        Ascii,
        Utf8,
        Coded,
    }

    /// <summary>Whether there is a text; an empty one is a text too.</summary>
    public bool IsKnown => _form != Form.None;

    /// <summary>Whether the text model coded it; then only <see cref="AsString"/> gives it.</summary>
    public bool IsCoded => _form == Form.Coded;

    /// <summary>The text, valid UTF-8; empty when there is none, or when it is coded.</summary>
    public ReadOnlySpan<byte> Utf8 => IsCoded ? default : _bytes;

    /// <summary>The text as a string, or null when there is none. Allocates.</summary>
    public string? AsString() => _form switch
    {
        Form.None => null,
        // Latin 1 only widens its bytes, which is all that ASCII needs.
        Form.Ascii => Encoding.Latin1.GetString(_bytes),
        Form.Utf8 => Encoding.UTF8.GetString(_bytes),
        _ => _kept ?? Decoded(),
    };

    /// <inheritdoc/>
    public override string ToString() => AsString() ?? "";

    /// <param name="coded">What the text model wrote, checked.</param>
    /// <param name="length">UTF-16 units that it makes.</param>
    /// <param name="kept">The text itself, when it was kept.</param>
    internal static TextView OfCoded(ReadOnlySpan<byte> coded, int length, string? kept) => new(coded, length, kept);

    [SkipLocalsInit]
    private string Decoded()
    {
        Span<char> room = stackalloc char[_length];
        return TextModel.TryDecode(_bytes, room, out var length) ? new string(room[..length]) : "";
    }
}
