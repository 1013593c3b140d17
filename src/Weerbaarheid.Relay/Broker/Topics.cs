using System.Globalization;

namespace Weerbaarheid.Relay.Broker;

/// <summary>Topic names of design §6.3 that the broker itself looks at.</summary>
internal static class Topics
{
    public const string In = "weerbaarheid/v1/in/";
    public const string Arm = "weerbaarheid/v1/amateur/arm";
    public const string Disarm = "weerbaarheid/v1/amateur/disarm";
    public const string KeysRevoke = "weerbaarheid/v1/keys/revoke";
    public const string KeysRotate = "weerbaarheid/v1/keys/rotate";
    public const string KeysClose = "weerbaarheid/v1/keys/close";
    public const string Wire = "weerbaarheid/v1/wire/";
    public const string WireAll = "weerbaarheid/v1/wire/all";
    public const string WireTo = "weerbaarheid/v1/wire/to/";
    public const string Node = "weerbaarheid/v1/node/";
    public const string Rejected = "weerbaarheid/v1/rejected";

    /// <summary>Where a frame for one neighbour is published.</summary>
    public static string WireToSite(ushort site) => string.Create(CultureInfo.InvariantCulture, $"{WireTo}{site}");

    /// <summary>Reads the addressee of a wire topic.</summary>
    /// <param name="topic">Any topic.</param>
    /// <param name="site">The one site meant; null for all.</param>
    /// <returns>False when this is not a wire topic that exists.</returns>
    public static bool TryReadWire(string topic, out ushort? site)
    {
        site = null;
        if (topic == WireAll) return true;
        if (!TryReadSite(topic, WireTo, out var number)) return false;
        site = number;
        return true;
    }

    /// <summary>Reads which site a topic speaks of.</summary>
    /// <param name="topic">Any topic.</param>
    /// <param name="prefix">What stands before the number, which is the last thing in the topic.</param>
    /// <param name="site">1 to 65535.</param>
    public static bool TryReadSite(string topic, string prefix, out ushort site)
    {
        site = 0;
        return topic.StartsWith(prefix, StringComparison.Ordinal)
            && ushort.TryParse(topic.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out site) && site != 0;
    }
}
