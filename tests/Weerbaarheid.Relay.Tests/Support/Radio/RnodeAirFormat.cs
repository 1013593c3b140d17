namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// What an RNode makes of frames on the air: a byte before each packet, with a random sequence number in the high four bits and in
/// the lowest whether this is half of a frame; a frame of more than 254 bytes goes as two packets.
/// </summary>
internal sealed class RnodeAirFormat
{
    /// <summary>Bytes in the largest frame; larger ones are dropped.</summary>
    internal const int LongestFrame = 508;

    /// <summary>Bytes of a frame that fit in a packet behind the header.</summary>
    private const int InPacket = 254;

    private const byte Split = 0x01;

    private byte[]? _firstHalf;

    /// <param name="sequence">0 to 15.</param>
    internal static List<byte[]> Packets(ReadOnlySpan<byte> frame, int sequence)
    {
        var isSplit = frame.Length > InPacket;
        var header = (byte)((sequence << 4) | (isSplit ? Split : 0));
        return isSplit ? [[header, .. frame[..InPacket]], [header, .. frame[InPacket..]]] : [[header, .. frame]];
    }

    /// <summary>Takes a packet off the air.</summary>
    /// <returns>The frame that is whole now; null when its second half has yet to come.</returns>
    internal byte[]? Take(ReadOnlySpan<byte> packet)
    {
        if (packet.Length == 0) return null;
        var first = _firstHalf;
        _firstHalf = null;
        if ((packet[0] & Split) == 0) return packet[1..].ToArray();
        // Halves belong together by their sequence number alone; a half of something else takes the place of the first.
        if (first is not null && first[0] == packet[0]) return [.. first[1..], .. packet[1..]];
        _firstHalf = packet.ToArray();
        return null;
    }
}
