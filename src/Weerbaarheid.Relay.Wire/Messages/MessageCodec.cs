namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Message bodies as MessagePack arrays, fields by position.</summary>
public static class MessageCodec
{
    public static int Encode(Message message, Span<byte> destination) => throw new NotImplementedException();

    public static bool TryDecode(Sealing.EnvelopeHeader header, ReadOnlySpan<byte> body, out Message? message, out string error) => throw new NotImplementedException();
}
