namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>
/// A binary range coder (G. N. N. Martin, "Range encoding", 1979, with two symbols): the message is a number in an
/// interval that every bit makes smaller. Carries run back into the bytes already written, so nothing is held up.
/// </summary>
internal ref struct RangeEncoder(Span<byte> destination)
{
    /// <summary>When the interval gets smaller than this, its first byte is settled but for a carry.</summary>
    public const uint Smallest = 1 << 24;

    private readonly Span<byte> _destination = destination;
    private ulong _low;
    private uint _range = uint.MaxValue;
    private int _length;

    /// <summary>Whether more came out than there is room for; everything after that is dropped.</summary>
    public bool Failed { get; private set; }

    /// <param name="bit">0 or 1.</param>
    /// <param name="one">The chance of a 1, of 65536; 1 to 65535.</param>
    public void Encode(int bit, int one)
    {
        var bound = (uint)(((ulong)_range * (uint)one) >> 16);
        if (bit != 0)
        {
            _range = bound;
        }
        else
        {
            _low += bound;
            _range -= bound;
        }

        for (; _range < Smallest; _range <<= 8) Shift();
    }

    /// <summary>
    /// Ends the message: of the numbers in the interval the one with the most zeros at the end is written, and zero bytes
    /// at the end are left out, because a reader takes them for granted.
    /// </summary>
    /// <returns>Bytes written, or 0 when they did not fit.</returns>
    public int Finish()
    {
        for (var zeros = 32; ; zeros--)
        {
            var mask = (1ul << zeros) - 1;
            var rounded = (_low + mask) & ~mask;
            if (rounded >= _low + _range) continue;
            _low = rounded;
            break;
        }

        Carry();
        while (_low != 0 && !Failed) Shift();
        while (_length > 0 && _destination[_length - 1] == 0) _length--;
        return Failed ? 0 : _length;
    }

    private void Shift()
    {
        Carry();
        if (_length < _destination.Length) _destination[_length++] = (byte)(_low >> 24);
        else Failed = true;
        _low = (_low << 8) & uint.MaxValue;
    }

    /// <summary>The interval lies below the end of the first one, so a carry always meets a byte that is not 255.</summary>
    private void Carry()
    {
        if (_low <= uint.MaxValue) return;
        _low &= uint.MaxValue;
        if (Failed) return;
        var at = _length - 1;
        while (++_destination[at] == 0) at--;
    }
}
