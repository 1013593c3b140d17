using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>Nothing is measured that does not do its work: every codec gives back what it was given.</summary>
internal static class Checks
{
    public static void Codecs<T>(Message message, T peer, PeerCodecs<T> peers)
        where T : class, IPeer<T>
    {
        var head = EnvelopeHeader.For(message, 0, Samples.Site, Samples.Sequence);
        That(MessageCodec.TryDecode(head, Body(message), out var back, out _) && back == message, Names.WithText);
        That(MessageCodec.TryDecode(head, PlainBody(message), out back, out _) && back == message, Names.Relay);
        foreach (var (name, write, read) in peers.All()) That(read(peers.Written(name, write())).Equals(peer), name);
    }

    public static byte[] Body(Message message)
    {
        var room = new byte[MessageLimits.Body];
        return room[..MessageCodec.Encode(message, room)];
    }

    public static byte[] PlainBody(Message message)
    {
        var room = new byte[MessageLimits.Body];
        return room[..MessageCodec.EncodePlain(message, room)];
    }

    public static void That(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"{what} does not give back what it was given.");
    }
}
