namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Writes MessagePack values one after the other, each in its shortest form. A value that does not fit is remembered,
/// and everything after it is dropped: ask <see cref="Failed"/> once, at the end.
/// </summary>
public ref struct PackWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Position { get; private set; }

    /// <summary>Whether a value did not fit, or was a text that UTF-8 cannot carry.</summary>
    public bool Failed { get; private set; }

    private readonly Span<byte> Rest => Failed ? default : _destination[Position..];

    public void WriteNil() => Advance(PackEncode.Nil(Rest));

    public void WriteBoolean(bool value) => Advance(PackEncode.Boolean(Rest, value));

    public void WriteUnsigned(ulong value) => Advance(PackEncode.Unsigned(Rest, value));

    public void WriteSigned(long value) => Advance(PackEncode.Signed(Rest, value));

    public void WriteText(string value) => Advance(PackEncode.Text(Rest, value));

    public void WriteBinary(scoped ReadOnlySpan<byte> value) => Advance(PackEncode.Binary(Rest, value));

    /// <summary>Starts an array; its elements follow.</summary>
    public void WriteArrayHeader(int count) => Advance(PackEncode.ArrayHeader(Rest, count));

    /// <summary>Goes back to <paramref name="position"/> and gives the array that starts at <paramref name="start"/> this many elements.</summary>
    /// <param name="start">Where the array's header of one byte stands.</param>
    /// <param name="count">0 to 15.</param>
    /// <param name="position">The end of the last element that stays.</param>
    internal void CloseArray(int start, int count, int position)
    {
        if (Failed) return;
        _destination[start] = (byte)(PackCode.FixArray | count);
        Position = position;
    }

    private void Advance(int written)
    {
        Position += written;
        Failed |= written == 0;
    }
}
