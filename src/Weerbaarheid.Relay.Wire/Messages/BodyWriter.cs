using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Wire.Primitives;

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
    private readonly ref byte _start;
    private int _at;
    private int _nils;
    private bool _refused;

    /// <param name="start">Where the array starts; it has at most 15 fields, so that its header is one byte.</param>
    public BodyWriter(ref byte start)
    {
        _start = ref start;
        _at = 1;
    }

    private readonly ref byte Next => ref Unsafe.Add(ref _start, _at);

    /// <summary>Ends the array, without its nils at the end: a nil takes one byte, so they are simply left behind.</summary>
    /// <param name="fields">How many were written, the unknown ones included.</param>
    /// <returns>Its length, or 0 when a field broke a limit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Finish(int fields)
    {
        _start = (byte)(PackCode.FixArray | (fields - _nils));
        return _refused ? 0 : _at - _nils;
    }

    /// <summary>A field that is unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Nil()
    {
        Next = PackCode.Nil;
        _at++;
        _nils++;
    }

    /// <summary>A number of any size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(ulong value) => Keep(PackEncode.Unsigned(ref Next, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(int value, int least, int most)
    {
        _refused |= (uint)(value - least) > (uint)(most - least);
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
        _refused |= (uint)value > (uint)most;
        NumberUnlessZero((uint)value);
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
        _refused |= moment.Seconds < 1;
        Keep(PackEncode.Signed(ref Next, moment.Trusted ? moment.Seconds : -(long)moment.Seconds));
    }

    /// <param name="value">The text, or null.</param>
    /// <param name="limit">The most characters it may have.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Text(string? value, int limit)
    {
        if (value is null) Nil();
        else Keep(TextValue(ref Next, value, limit));
    }

    /// <summary>A place, in the form that its kind has (FORMAT.md §8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Location(Location? value)
    {
        if (value is null) Nil();
        else Keep(LocationCode.Write(ref Next, value));
    }

    /// <summary>Five times three bits, water lowest; 7 stands for unknown.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Supplies(in Supplies value)
    {
        var bits = SuppliesCode.Pack(value);
        _refused |= bits > SuppliesCode.AllUnknown;
        if (bits == SuppliesCode.AllUnknown) Nil();
        else Number(bits);
    }

    public void Binary(ReadOnlySpan<byte> value, int limit)
    {
        if (value.Length > limit)
        {
            _refused = true;
            return;
        }

        var header = PackEncode.BinaryHeader(ref Next, value.Length);
        value.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref Next, header), value.Length));
        Keep(header + value.Length);
    }

    /// <summary>Starts a field that is a list; its elements follow as fields that are all known.</summary>
    /// <returns>False when it has too many, and then none may follow.</returns>
    public bool List(int count, int limit)
    {
        if (count > limit)
        {
            _refused = true;
            return false;
        }

        Keep(PackEncode.ArrayHeader(ref Next, count));
        return true;
    }

    /// <summary>An element that is an array of its own.</summary>
    public void Row(SitrapRow row) => Keep(StateBodies.Write(ref Next, row));

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
    /// <returns>Bytes written, or 0 when the text is too long or UTF-8 cannot carry it.</returns>
    internal static int TextValue(ref byte at, string value, int limit) =>
        value.Length > limit ? 0 : PackEncode.Text(MemoryMarshal.CreateSpan(ref at, (value.Length * 3) + PackEncode.MaxTextHeader), value);

    /// <summary>Counts what was just written as a field with a value; a value always takes a byte, so 0 says that it was refused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int written)
    {
        _refused |= written == 0;
        _at += written;
        _nils = 0;
    }
}
