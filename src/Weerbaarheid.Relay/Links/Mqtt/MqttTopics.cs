using System.Globalization;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>The topics that nodes use among themselves on an external broker.</summary>
internal static class MqttTopics
{
    /// <summary>Frames for whoever listens.</summary>
    internal const string All = "weerbaarheid/v1/wire/all";

    /// <summary>Frames for one site.</summary>
    internal static string To(ushort site) => string.Create(CultureInfo.InvariantCulture, $"weerbaarheid/v1/wire/to/{site}");

    /// <summary>Whether a site is connected here; retained.</summary>
    internal static string Node(ushort site) => string.Create(CultureInfo.InvariantCulture, $"weerbaarheid/v1/node/{site}");

    /// <summary><c>{"site":11,"state":"online"}</c></summary>
    internal static byte[] Presence(ushort site, bool online)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $$"""{"site":{{site}},"state":"{{(online ? "online" : "offline")}}"}""");
        return System.Text.Encoding.UTF8.GetBytes(text);
    }
}
