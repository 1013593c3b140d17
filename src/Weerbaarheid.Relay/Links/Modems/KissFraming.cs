using System.Buffers;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// KISS frames in a stream of bytes (Chepponis and Karn, "The KISS TNC", 1987): FEND, a command byte, data, FEND, with FEND
/// and FESC inside escaped. One instance reads one stream.
/// </summary>
/// <remarks>
/// KISS has no check of its own: half a frame that is followed by a whole one comes out as a frame too, so what is inside
/// must be checked. Every FEND is a new start, so nothing broken lasts longer than that.
/// </remarks>
/// <param name="most">The most bytes in a frame, command included; a longer one is skipped whole.</param>
internal sealed class KissFraming(int most)
{
    private const byte Fend = 0xC0;
    private const byte Fesc = 0xDB;
    private const byte Tfend = 0xDC;
    private const byte Tfesc = 0xDD;

    private readonly byte[] _frame = new byte[most];
    private int _length;
    private bool _escaped;

    // Until the first FEND nobody knows where in a frame the stream was joined.
    private bool _skipping = true;

    /// <summary>The frame as it goes over the line, with a FEND at both ends.</summary>
    internal static byte[] Encode(byte command, ReadOnlySpan<byte> data)
    {
        var line = new ArrayBufferWriter<byte>(data.Length + 8);
        line.Write([Fend]);
        Escape(line, [command]);
        Escape(line, data);
        line.Write([Fend]);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>Takes bytes off the front until a frame is whole or no bytes are left.</summary>
    /// <param name="frame">The command byte and the data.</param>
    internal bool TryTake(ref ReadOnlySpan<byte> bytes, out byte[] frame)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != Fend)
            {
                Add(bytes[at]);
                continue;
            }

            var whole = _length > 0 && !_skipping && !_escaped;
            frame = whole ? _frame[.._length] : [];
            (_length, _escaped, _skipping) = (0, false, false);
            if (!whole) continue;
            bytes = bytes[(at + 1)..];
            return true;
        }

        bytes = [];
        frame = [];
        return false;
    }

    /// <summary>Forgets what came so far: another stream begins.</summary>
    internal void Reset() => (_length, _escaped, _skipping) = (0, false, true);

    private static void Escape(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> data)
    {
        while (data.IndexOfAny(Fend, Fesc) is >= 0 and var at)
        {
            line.Write(data[..at]);
            line.Write([Fesc, data[at] == Fend ? Tfend : Tfesc]);
            data = data[(at + 1)..];
        }

        line.Write(data);
    }

    private void Add(byte value)
    {
        if (_skipping) return;
        if (_escaped)
        {
            _escaped = false;
            if (value is Tfend or Tfesc) Store(value == Tfend ? Fend : Fesc);
            else _skipping = true;
        }
        else if (value == Fesc)
        {
            _escaped = true;
        }
        else
        {
            Store(value);
        }
    }

    private void Store(byte value)
    {
        if (_length < most) _frame[_length++] = value;
        else _skipping = true;
    }
}
