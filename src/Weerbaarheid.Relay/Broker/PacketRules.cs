using System.Buffers.Binary;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// What makes a packet malformed, or a protocol error, that the library's decoder lets pass. Section numbers are those of MQTT 5.0;
/// 3.1.1 has the same rules as far as it has the thing.
/// </summary>
internal static class PacketRules
{
    private const int Connect = 1, Publish = 3, PubRel = 6, Subscribe = 8, Unsubscribe = 10;

    /// <summary>Says what is wrong, or null.</summary>
    /// <param name="first">Type and flags.</param>
    /// <param name="body">What follows the fixed header.</param>
    /// <param name="version5">MQTT 5; not known yet, and not needed, for CONNECT.</param>
    public static string? Broken(byte first, ReadOnlySpan<byte> body, bool version5)
    {
        var type = first >> 4;
        if (type == Publish) return BrokenPublish(first, body, version5);
        if ((first & 0x0F) != (type is PubRel or Subscribe or Unsubscribe ? 2 : 0)) return "Flags of a fixed header are reserved (2.1.3).";
        return type switch
        {
            Connect => BrokenConnect(body),
            Subscribe => BrokenFilters(body, version5, hasOptions: true),
            Unsubscribe => BrokenFilters(body, version5, hasOptions: false),
            _ => null,
        };
    }

    /// <summary>The expiry that a DISCONNECT of MQTT 5 gives the session, if it gives one.</summary>
    public static uint? DisconnectExpiry(ReadOnlySpan<byte> body)
    {
        if (body.Length < 2 || !PropertyReader.TryOpen(body[1..], out var properties)) return null;
        while (properties.TryNext())
        {
            if (properties.Identifier == PropertyReader.SessionExpiry) return properties.Number;
        }

        return null;
    }

    private static string? BrokenPublish(byte first, ReadOnlySpan<byte> body, bool version5)
    {
        if (!TryText(ref body, out var topic)) return "A PUBLISH ends inside its topic.";
        if (!Utf8.IsValid(topic)) return "A topic is UTF-8 (1.5.4).";
        if ((first & 6) != 0 && body.Length >= 2) body = body[2..];
        if (!version5 || body.IsEmpty || body[0] == 0) return null;
        if (!PropertyReader.TryOpen(body, out var properties)) return "Properties are longer than their packet.";
        while (properties.TryNext())
        {
            switch (properties.Identifier)
            {
                case PropertyReader.TopicAlias when properties.Number == 0: return "Topic alias 0 does not exist (3.3.2.3.4).";
                case PropertyReader.SubscriptionIdentifier: return "Subscription identifiers come from the broker (3.3.4).";
                case PropertyReader.ResponseTopic when properties.Bytes.ContainsAny("+#"u8): return "A response topic has no wildcard (3.3.2.3.5).";
            }
        }

        return null;
    }

    private static string? BrokenConnect(ReadOnlySpan<byte> body)
    {
        if (!TryText(ref body, out _) || body.Length < 4) return null; // The decoder says so.
        var (version, flags) = (body[0], body[1]);
        if ((flags & 1) != 0) return "The reserved flag of CONNECT is 0 (3.1.2.3).";
        if ((flags & 0x18) == 0x18 || ((flags & 4) == 0 && (flags & 0x38) != 0)) return "Will flags that do not exist (3.1.2.6).";
        if (version != 5 || !PropertyReader.TryOpen(body[4..], out var properties)) return null;
        while (properties.TryNext())
        {
            if (properties is { Identifier: PropertyReader.ReceiveMaximum or PropertyReader.MaximumPacketSize, Number: 0 })
                return "Receive Maximum and Maximum Packet Size are more than 0 (3.1.2.11).";
        }

        return null;
    }

    private static string? BrokenFilters(ReadOnlySpan<byte> body, bool version5, bool hasOptions)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(body, out var identifier) || identifier == 0) return "Packet identifier 0 does not exist (2.2.1).";
        body = body[2..];
        if (version5 && BrokenSubscribeProperties(ref body) is { } wrong) return wrong;
        if (body.IsEmpty) return "There is at least one topic filter (3.8.3, 3.10.3).";
        while (!body.IsEmpty)
        {
            if (!TryText(ref body, out var filter)) return "A packet ends inside a topic filter.";
            if (!Utf8.IsValid(filter)) return "A topic filter is UTF-8 (1.5.4).";
            if (!hasOptions) continue;
            if (body.IsEmpty) return "A topic filter has options (3.8.3.1).";
            if (BrokenOptions(body[0], filter, version5) is { } options) return options;
            body = body[1..];
        }

        return null;
    }

    private static string? BrokenSubscribeProperties(ref ReadOnlySpan<byte> body)
    {
        if (!PropertyReader.TryOpen(body, out var properties)) return "Properties are longer than their packet.";
        while (properties.TryNext())
        {
            if (properties is { Identifier: PropertyReader.SubscriptionIdentifier, Number: 0 }) return "Subscription identifier 0 does not exist (3.8.2.1.2).";
        }

        uint length = 0;
        var read = 0;
        do length |= (uint)(body[read] & 0x7F) << (7 * read);
        while (body[read++] >= 0x80);
        body = body[(read + (int)length)..];
        return null;
    }

    private static string? BrokenOptions(byte options, ReadOnlySpan<byte> filter, bool version5)
    {
        if ((options & 3) == 3 || (options & (version5 ? 0xC0 : 0xFC)) != 0 || (options & 0x30) == 0x30) return "Reserved bits of subscription options are 0 (3.8.3.1).";
        return (options & 4) != 0 && filter.StartsWith("$share/"u8) ? "No Local cannot be had with a shared subscription (3.8.3.1)." : null;
    }

    private static bool TryText(ref ReadOnlySpan<byte> body, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(body, out var length) || body.Length < 2 + length) return false;
        text = body.Slice(2, length);
        body = body[(2 + length)..];
        return true;
    }
}
