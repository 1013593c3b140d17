using System.Buffers;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What the bytes received so far hold.</summary>
internal enum Framing
{
    /// <summary>The packet is not complete.</summary>
    Incomplete,

    /// <summary>A whole packet is there.</summary>
    Complete,

    /// <summary>The announced length is more than is taken.</summary>
    TooLarge,

    /// <summary>No MQTT packet begins like this.</summary>
    Malformed,
}

/// <summary>One packet in the receive buffer.</summary>
/// <param name="First">Type and flags.</param>
/// <param name="Announced">Bytes of the whole packet, as its header announces.</param>
/// <param name="Body">What follows the fixed header, as far as it came.</param>
internal readonly record struct Frame(byte First, int Announced, ReadOnlySequence<byte> Body);

/// <summary>
/// Cuts the byte stream into packets by the fixed header alone; allocates nothing.
/// <code>
/// byte 0    packet type (4 bits) | flags (4 bits)
/// byte 1-4  remaining length, 7 bits a byte, low first, top bit says that another follows
/// </code>
/// MQTT 3.1.1 and 5.0, §2.1.
/// </summary>
internal static class PacketFraming
{
    private const int MaxHeader = 5;

    public static Framing TryRead(in ReadOnlySequence<byte> buffer, int maxBytes, out Frame frame)
    {
        frame = default;
        if (buffer.IsEmpty) return Framing.Incomplete;
        Span<byte> header = stackalloc byte[MaxHeader];
        var have = (int)Math.Min(MaxHeader, buffer.Length);
        buffer.Slice(0, have).CopyTo(header);
        if (header[0] >> 4 == 0) return Framing.Malformed;

        int length = 0, read = 1;
        byte digit;
        do
        {
            if (read == MaxHeader) return Framing.Malformed;
            if (read == have) return Framing.Incomplete;
            digit = header[read];
            length |= (digit & 0x7F) << (7 * (read - 1));
            read++;
        }
        while ((digit & 0x80) != 0);

        frame = new Frame(header[0], read + length, buffer.Slice(read, Math.Min(length, buffer.Length - read)));
        if (frame.Announced > maxBytes) return Framing.TooLarge;
        return buffer.Length < frame.Announced ? Framing.Incomplete : Framing.Complete;
    }
}
