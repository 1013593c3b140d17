using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>Makes inputs that are nearly valid; the input of a target and a number is the same on every machine.</summary>
public sealed class Mutator
{
    private const int MostSteps = 6;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 191, 192, 254, 255, 256, 257, 511, 512, 1023, 1024, 4095, 4096, 16383, 16384,
        32767, 32768, 65535, 65536, 1 << 23, 1 << 24, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1L << 47, 1L << 48, long.MaxValue, long.MinValue,
    ];

    private static readonly string[] Digits =
        ["0", "-1", "1", "9", "10", "255", "256", "65535", "65536", "2147483648", "4294967296", "18446744073709551616", "1e9", "1e400", "0.5", "00", "1e-9", "NaN", "null", "[]", "{}", "\"\\ud800\""];

    private readonly FuzzTarget _target;
    private readonly List<byte> _bytes;
    private ulong _state;

    private Mutator(FuzzTarget target, ulong number)
    {
        _target = target;
        _state = number;
        foreach (var letter in target.Name) _state = (_state * 31) + letter;
        _bytes = [.. target.Corpus[Below(target.Corpus.Count)]];
    }

    /// <summary>The input with this number.</summary>
    public static byte[] Make(FuzzTarget target, ulong number)
    {
        var mutator = new Mutator(target, number);
        if (mutator.Below(64) == 0) mutator.BeNoise();
        else if (mutator.Below(64) > 0)
            for (var steps = 1 + (mutator.Below(MostSteps) * mutator.Below(2)); steps > 0; steps--) mutator.Step();
        if (mutator._bytes.Count > target.Longest) mutator._bytes.RemoveRange(target.Longest, mutator._bytes.Count - target.Longest);
        return [.. mutator._bytes];
    }

    private void BeNoise()
    {
        _bytes.Clear();
        for (var length = Below(80); length > 0; length--) _bytes.Add((byte)Next());
    }

    private void Step()
    {
        var at = Below(_bytes.Count + 1);
        var inside = Math.Min(at, _bytes.Count - 1);
        switch (_bytes.Count == 0 ? 8 : Below(15))
        {
            case 0 or 1 or 2: _bytes[inside] ^= (byte)(1 << Below(8)); break;
            case 3: _bytes[inside] = (byte)Next(); break;
            case 4: _bytes[inside] = (byte)Numbers[Below(Numbers.Length)]; break;
            case 5: WriteNumber(inside); break;
            case 6: _bytes.RemoveRange(inside, Math.Min(1 + Below(8), _bytes.Count - inside)); break;
            case 7: _bytes.RemoveRange(at, _bytes.Count - at); break;
            case 8: _bytes.InsertRange(at, Some(1 + Below(8), () => (byte)Next())); break;
            case 9: Splice(at); break;
            case 10: _bytes.InsertRange(at, Enumerable.Repeat((byte)Next(), 1 << Below(11))); break;
            case 11: Repeat(inside); break;
            case 12: WriteDigits(inside); break;
            case 13 when _target.Words.Count > 0: _bytes.InsertRange(at, _target.Words[Below(_target.Words.Count)]); break;
            case 14 when _target.Words.Count > 0: Overwrite(inside, _target.Words[Below(_target.Words.Count)]); break;
            default: (_bytes[inside], _bytes[0]) = (_bytes[0], _bytes[inside]); break;
        }
    }

    private void WriteNumber(int at)
    {
        var number = Numbers[Below(Numbers.Length)] + Below(3) - 1;
        Span<byte> eight = stackalloc byte[8];
        var size = 1 << (1 + Below(3));
        if (Below(2) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(eight, number);
            Overwrite(at, eight[(8 - size)..]);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            Overwrite(at, eight[..size]);
        }
    }

    /// <summary>A run of digits becomes another number.</summary>
    private void WriteDigits(int at)
    {
        while (at < _bytes.Count && _bytes[at] is < (byte)'0' or > (byte)'9') at++;
        var end = at;
        while (end < _bytes.Count && _bytes[end] is >= (byte)'0' and <= (byte)'9') end++;
        _bytes.RemoveRange(at, end - at);
        var text = Below(2) == 0 ? Digits[Below(Digits.Length)] : Numbers[Below(Numbers.Length)].ToString(CultureInfo.InvariantCulture);
        _bytes.InsertRange(at, Encoding.ASCII.GetBytes(text));
    }

    private void Splice(int at)
    {
        var other = _target.Corpus[Below(_target.Corpus.Count)];
        var from = Below(other.Length + 1);
        _bytes.RemoveRange(at, _bytes.Count - at);
        _bytes.AddRange(other.AsSpan(from));
    }

    private void Repeat(int at)
    {
        var piece = _bytes.GetRange(at, Math.Min(1 + Below(16), _bytes.Count - at));
        for (var times = 1 + Below(4); times > 0; times--) _bytes.InsertRange(at, piece);
    }

    private void Overwrite(int at, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length && at + i < _bytes.Count; i++) _bytes[at + i] = bytes[i];
    }

    private static byte[] Some(int count, Func<byte> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).</summary>
    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
