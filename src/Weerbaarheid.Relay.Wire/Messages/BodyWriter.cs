using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Writes an array's fields by position (FORMAT.md §7): nil for what is unknown, and nothing at all for nils at the end.
/// Checks no bounds: there must be room for <see cref="MessageLimits.Body"/> bytes, which no message can pass, because a
/// text, list or bitmap over its limit is refused before it is written and every number takes at most
/// <see cref="PackEncode.MaxNumber"/>. A value outside its range is remembered, not branched on; <see cref="Finish"/> tells.
/// Its four fields and its short methods let the compiler keep the whole writer in registers.
/// </summary>
internal ref struct BodyWriter
{
    /// <summary>The least that stands in front of a binary.</summary>
    private const int BinaryHeader = 2;

    /// <summary>Bytes on the stack; a text of the longest kind that needs more than this is not one that the model knows anything of.</summary>
    private const int MaxCoded = 1024;

    private readonly ref byte _start;
    private ref byte _next;
    private int _nils;
    private long _outside;

    /// <param name="start">Where the array starts; it has at most 15 fields, so that its header is one byte.</param>
    public BodyWriter(ref byte start)
    {
        _start = ref start;
        _next = ref Unsafe.Add(ref start, 1);
    }

    /// <summary>Ends the array, without its nils at the end: a nil takes one byte, so they are simply left behind.</summary>
    /// <param name="fields">How many were written, the unknown ones included.</param>
    /// <returns>Its length, or 0 when a field broke a limit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Finish(int fields)
    {
        _start = (byte)(PackCode.FixArray | (fields - _nils));
        return _outside < 0 ? 0 : (int)Unsafe.ByteOffset(ref _start, ref _next) - _nils;
    }

    /// <summary>A field that is unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Nil()
    {
        _next = PackCode.Nil;
        _next = ref Unsafe.Add(ref _next, 1);
        _nils++;
    }

    /// <summary>A number of any size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(ulong value)
    {
        // Nearly every field is small, and this path is what the compiler keeps in line.
        if (value > PackCode.MaxPositiveFixInt)
        {
            Keep(PackEncode.Coded(ref _next, value));
            return;
        }

        _next = (byte)value;
        Keep(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(int value, int least, int most)
    {
        // Below 0 exactly when the value is outside: no branch, and no flag to be made of a comparison. A small value is
        // in any range but a narrow one; that test is between constants and costs nothing.
        if (least > 0 || most < PackCode.MaxPositiveFixInt || (uint)value > PackCode.MaxPositiveFixInt)
            _outside |= (uint)(most - least) - (long)(uint)(value - least);
        Number((uint)value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(int? value, int least, int most)
    {
        if (value.HasValue) Number(value.GetValueOrDefault(), least, most);
        else Nil();
    }

    /// <summary>A plain count, or unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(int? value) => Number(value, 0, MessageLimits.Count);

    /// <summary>A number where absent says the same as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NumberUnlessZero(ulong value)
    {
        if (value == 0) Nil();
        else Number(value);
    }

    /// <inheritdoc cref="NumberUnlessZero(ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NumberUnlessZero(int value, int most)
    {
        if (value == 0) Nil();
        else Number(value, 0, most);
    }

    /// <summary>Seconds since 2026; below 0 when the clock could not be trusted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Moment(Moment? value)
    {
        if (!value.HasValue)
        {
            Nil();
            return;
        }

        var moment = value.GetValueOrDefault();
        _outside |= moment.Seconds - 1L;
        if (moment.Trusted) Number((uint)moment.Seconds);
        else Keep(PackEncode.Signed(ref _next, -(long)moment.Seconds));
    }

    /// <param name="value">The text, or null.</param>
    /// <param name="limit">The most characters it may have.</param>
    /// <param name="form">Given with each text and not kept, because a fifth field would take the others out of their registers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Text(string? value, int limit, TextForm form)
    {
        if (value is null) Nil();
        else KeepUnlessRefused(TextValue(ref _next, value, limit, form));
    }

    /// <summary>A place, in the form that its kind has (FORMAT.md §8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Location(Location? value, TextForm form)
    {
        if (value is null) Nil();
        else KeepUnlessRefused(LocationCode.Write(ref _next, value, form));
    }

    /// <summary>Five times three bits, water lowest; 7 stands for unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Supplies(in Supplies value)
    {
        var bits = SuppliesCode.Pack(value);
        _outside |= SuppliesCode.AllUnknown - (long)bits;
        if (bits == SuppliesCode.AllUnknown) Nil();
        else Number(bits);
    }

    public void Binary(ReadOnlySpan<byte> value, int limit)
    {
        if (value.Length > limit)
        {
            _outside = -1;
            return;
        }

        var header = PackEncode.BinaryHeader(ref _next, value.Length);
        value.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _next, header), value.Length));
        Keep(header + value.Length);
    }

    /// <summary>Starts a field that is a list; its elements follow as fields that are all known.</summary>
    /// <returns>False when it has too many, and then none may follow.</returns>
    public bool List(int count, int limit)
    {
        if (count > limit)
        {
            _outside = -1;
            return false;
        }

        Keep(PackEncode.ArrayHeader(ref _next, count));
        return true;
    }

    /// <summary>An element that is an array of its own.</summary>
    public void Row(SitrapRow row) => KeepUnlessRefused(StateBodies.Write(ref _next, row));

    /// <summary>A nil that is an element of a list, and stays.</summary>
    public void ElementNil()
    {
        Nil();
        _nils = 0;
    }

    /// <summary>The one place where a text becomes bytes (FORMAT.md §9).</summary>
    /// <param name="at">Room for 3 bytes for each character that is allowed, and a header.</param>
    /// <param name="value">The text.</param>
    /// <param name="limit">The most characters it may have.</param>
    /// <param name="form">Which of its two forms.</param>
    /// <returns>Bytes written, or 0 when the text is too long or UTF-8 cannot carry it.</returns>
    internal static int TextValue(ref byte at, string value, int limit, TextForm form)
    {
        if (value.Length > limit) return 0;
        var plain = PackEncode.Text(MemoryMarshal.CreateSpan(ref at, (value.Length * 3) + PackEncode.MaxTextHeader), value);
        return form == TextForm.Shortest && plain > BinaryHeader + 1 ? CodedUnlessLonger(ref at, value, plain) : plain;
    }

    /// <summary>Layout (FORMAT.md §9): bin with the text model's code over the str just written, when that is shorter, headers included.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CodedUnlessLonger(ref byte at, string value, int plain)
    {
        // The code has to save at least a byte against the same header, so this is all the room it gets.
        Span<byte> room = stackalloc byte[Math.Min(plain - BinaryHeader - 1, MaxCoded)];
        var length = TextModel.Encode(value, room);
        if (length == 0 || PackEncode.BinaryHeaderSize(length) + length >= plain) return plain;
        var header = PackEncode.BinaryHeader(ref at, length);
        room[..length].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref at, header), length));
        return header + length;
    }

    /// <summary>Counts what was just written as a field with a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int written)
    {
        _next = ref Unsafe.Add(ref _next, written);
        _nils = 0;
    }

    /// <summary>As <see cref="Keep"/>; a value always takes a byte, so 0 says that it broke a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepUnlessRefused(int written)
    {
        _outside |= written - 1L;
        Keep(written);
    }
}

/// <summary>How texts are written (FORMAT.md §9).</summary>
internal enum TextForm : byte
{
    /// <summary>Coded by the text model, unless UTF-8 is shorter.</summary>
    Shortest,

    /// <summary>UTF-8.</summary>
    Plain,
}
