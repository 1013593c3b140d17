namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Writes MessagePack values one after the other, each in its shortest form. A value that does not fit is remembered,
/// and everything after it is dropped: ask <see cref="Failed"/> once, at the end.
/// </summary>
public ref struct PackWriter(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    /// <summary>Bytes written.</summary>
    public int Position { readonly get; private set; }

    /// <summary>Whether a value did not fit, or was a text that UTF-8 cannot carry.</summary>
    public bool Failed { readonly get; private set; }

    public void WriteNil() => Append([PackCode.Nil]);

    public void WriteBoolean(bool value) => Append([value ? PackCode.True : PackCode.False]);

    public void WriteUnsigned(ulong value)
    {
        Span<byte> room = stackalloc byte[PackEncode.MaxNumber];
        Append(room[..PackEncode.Unsigned(ref room[0], value)]);
    }

    public void WriteSigned(long value)
    {
        Span<byte> room = stackalloc byte[PackEncode.MaxNumber];
        Append(room[..PackEncode.Signed(ref room[0], value)]);
    }

    public void WriteText(string value)
    {
        var written = PackEncode.Text(_rest, value);
        if (written > 0) Advance(written);
        else Fail();
    }

    public void WriteBinary(scoped ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[PackEncode.MaxNumber];
        var header = PackEncode.BinaryHeader(ref room[0], value.Length);
        if ((long)header + value.Length > _rest.Length)
        {
            Fail();
            return;
        }

        Append(room[..header]);
        Append(value);
    }

    /// <summary>Starts an array; its elements follow.</summary>
    public void WriteArrayHeader(int count)
    {
        Span<byte> room = stackalloc byte[PackEncode.MaxNumber];
        Append(room[..PackEncode.ArrayHeader(ref room[0], count)]);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_rest)) Advance(bytes.Length);
        else Fail();
    }

    private void Advance(int written)
    {
        Position += written;
        _rest = _rest[written..];
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
