using System.Runtime.CompilerServices;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Writes a body's fields by position (FORMAT.md §7): nil for what is unknown, and nothing at all for nils at the end.
/// The number of fields is filled in when the array is closed, so no field has to be looked at twice.
/// </summary>
internal ref struct BodyWriter
{
    /// <summary>For values inside a list; follow the list with <see cref="Keep"/>.</summary>
    public PackWriter Pack;

    private const ulong AllUnknown = 0x7FFF;

    /// <summary>The least that stands in front of a binary.</summary>
    private const int BinaryHeader = 2;

    /// <summary>Bytes on the stack; a text of the longest kind that needs more than this is not one that the model knows anything of.</summary>
    private const int MaxCoded = 1024;

    private Mark _mark;

    public BodyWriter(Span<byte> destination)
    {
        Pack = new PackWriter(destination);
        Open();
    }

    /// <summary>Starts an array of at most 15 fields inside a list.</summary>
    /// <returns>Where the array around it stood; for <see cref="Close"/>.</returns>
    public Mark Open()
    {
        var outer = _mark;
        _mark = new Mark(Pack.Position, 0, 0, Pack.Position + 1);
        Pack.WriteArrayHeader(0);
        return outer;
    }

    /// <summary>Ends the array that was opened last, without its nils at the end.</summary>
    public void Close(Mark outer)
    {
        Pack.CloseArray(_mark.Start, _mark.Kept, _mark.End);
        _mark = outer;
    }

    /// <summary>Ends the body.</summary>
    /// <returns>Its length, or 0 when it did not fit.</returns>
    public int Finish()
    {
        Close(default);
        return Pack.Failed ? 0 : Pack.Position;
    }

    /// <summary>Counts what was written last as a field with a value.</summary>
    public void Keep()
    {
        _mark.Kept = ++_mark.Fields;
        _mark.End = Pack.Position;
    }

    /// <summary>A field that is unknown.</summary>
    public void Nil()
    {
        Pack.WriteNil();
        _mark.Fields++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(ulong value)
    {
        Pack.WriteUnsigned(value);
        Keep();
    }

    /// <summary>A number where absent says the same as 0.</summary>
    public void NumberUnlessZero(ulong value)
    {
        if (value == 0) Nil();
        else Number(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(int? value)
    {
        if (value is { } known) Number((ulong)known);
        else Nil();
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Nil();
            return;
        }

        TextValue(value);
        Keep();
    }

    /// <summary>
    /// A text inside a list; follow the list with <see cref="Keep"/>. Layout (FORMAT.md §9): bin with the text model's code when that is
    /// shorter, header included, or else str.
    /// </summary>
    public void TextValue(string value)
    {
        // The code has to save at least a byte against the same header, so this is all the room it gets.
        var plain = PackEncode.TextSize(value);
        Span<byte> room = stackalloc byte[Math.Clamp(plain - BinaryHeader - 1, 0, MaxCoded)];
        var length = TextModel.Encode(value, room);
        if (length > 0 && PackEncode.BinarySize(length) < plain) Pack.WriteBinary(room[..length]);
        else Pack.WriteText(value);
    }

    /// <summary>Seconds since 2026; below 0 when the clock could not be trusted.</summary>
    public void Moment(Moment? value)
    {
        if (value is not { } moment)
        {
            Nil();
            return;
        }

        Pack.WriteSigned(moment.Trusted ? moment.Seconds : -(long)moment.Seconds);
        Keep();
    }

    /// <summary>Five times three bits, water lowest; 7 stands for unknown.</summary>
    public void Supplies(in Supplies value)
    {
        var bits = Bits(value.Water) | (Bits(value.Food) << 3) | (Bits(value.FirstAid) << 6) | (Bits(value.Fuel) << 9) | (Bits(value.Heat) << 12);
        if (bits == AllUnknown) Nil();
        else Number(bits);
    }

    private static ulong Bits(int? supply) => (uint)(supply ?? 7);

    /// <summary>Where an array stands: its header, fields written, fields up to the last that is known, and the end of that one.</summary>
    public record struct Mark(int Start, int Fields, int Kept, int End);
}
