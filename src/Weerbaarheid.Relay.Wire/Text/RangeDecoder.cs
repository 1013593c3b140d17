namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>Reads what a <see cref="RangeEncoder"/> wrote. Past the end it reads zeros, so any bytes decode to something.</summary>
internal ref struct RangeDecoder
{
    private readonly ReadOnlySpan<byte> _source;
    private uint _code;
    private uint _range = uint.MaxValue;

    public RangeDecoder(ReadOnlySpan<byte> source)
    {
        _source = source;
        for (var i = 0; i < 4; i++) Shift();
    }

    /// <summary>Bytes taken in, those past the end included.</summary>
    public int Taken { get; private set; }

    /// <param name="one">The chance of a 1, of 65536; 1 to 65535.</param>
    public int Decode(int one)
    {
        var bound = (uint)(((ulong)_range * (uint)one) >> 16);
        var bit = _code < bound ? 1 : 0;
        if (bit != 0)
        {
            _range = bound;
        }
        else
        {
            _code -= bound;
            _range -= bound;
        }

        for (; _range < RangeEncoder.Smallest; _range <<= 8) Shift();
        return bit;
    }

    private void Shift()
    {
        _code = (_code << 8) | (Taken < _source.Length ? _source[Taken] : 0u);
        Taken++;
    }
}
