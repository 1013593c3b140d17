using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Writes MessagePack values one after the other, each in its shortest form. A value that does not fit is remembered,
/// and everything after it is dropped: ask <see cref="Failed"/> once, at the end.
/// </summary>
public ref struct PackWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Position { readonly get; private set; }

    /// <summary>Whether a value did not fit, or was a text that UTF-8 cannot carry.</summary>
    public bool Failed { readonly get; private set; }

    private Span<byte> _rest = destination;

    public void WriteNil() => Advance(PackEncode.Nil(_rest));

    public void WriteBoolean(bool value) => Advance(PackEncode.Boolean(_rest, value));

    public void WriteUnsigned(ulong value) => Advance(PackEncode.Unsigned(_rest, value));

    public void WriteSigned(long value) => Advance(PackEncode.Signed(_rest, value));

    public void WriteText(string value) => Advance(PackEncode.Text(_rest, value));

    public void WriteBinary(scoped ReadOnlySpan<byte> value) => Advance(PackEncode.Binary(_rest, value));

    /// <summary>Starts an array; its elements follow.</summary>
    public void WriteArrayHeader(int count) => Advance(PackEncode.ArrayHeader(_rest, count));

    /// <summary>Goes back to <paramref name="position"/> and gives the array that starts at <paramref name="start"/> this many elements.</summary>
    /// <param name="start">Where the array's header of one byte stands.</param>
    /// <param name="count">0 to 15.</param>
    /// <param name="position">The end of the last element that stays.</param>
    internal void CloseArray(int start, int count, int position)
    {
        if (Failed) return;
        _destination[start] = (byte)(PackCode.FixArray | count);
        Position = position;
        _rest = _destination[position..];
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int written)
    {
        Position += written;
        _rest = _rest[written..];
        if (written == 0) Fail();
    }
}
