using System.Security.Cryptography;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary>What may be told of keys: who, which epoch, and fingerprints, and never a key.</summary>
internal static class KeysText
{
    /// <summary>Of the region's authority.</summary>
    public static string Fingerprint(AuthorityKey authority) => Convert.ToHexStringLower(SHA256.HashData(authority.Public()).AsSpan(0, 4));

    /// <summary><c>site 11 Noodsteunpunt Leek (noodsteunpunt, groningen): epoch 0, fingerprint 1a2b3c4d, authority 5e6f7a8b</c></summary>
    public static string Line(NodeKeys keys)
    {
        var role = keys.Role is { } known ? ConfigurationLoader.Roles[(int)known] : keys.RegionKey is null ? "noodsteunpunt" : "holds the region's key";
        var region = keys.Region.Length > 0 ? $", {keys.Region}" : "";
        var who = keys.Site == 0 ? "any site" : $"site {keys.Site}{(keys.Name.Length > 0 ? $" {keys.Name}" : "")}";
        var authority = keys.Authority is { } one ? $", authority {Fingerprint(one)}{(keys.MayIssue ? " (may issue)" : "")}" : ", no authority";
        return $"{who} ({role}{region}): epoch {keys.Epoch}, fingerprint {keys.Fingerprint()}{authority}";
    }

    /// <summary>As <see cref="Line"/>, for programs.</summary>
    public static void Write(Utf8JsonWriter json, NodeKeys keys)
    {
        if (keys.Site != 0) json.WriteNumber("site", keys.Site);
        if (keys.Role is { } role) json.WriteString("role", ConfigurationLoader.Roles[(int)role]);
        if (keys.Name.Length > 0) json.WriteString("name", keys.Name);
        if (keys.Region.Length > 0) json.WriteString("region", keys.Region);
        json.WriteNumber("epoch", keys.Epoch);
        json.WriteBoolean("holdsRegion", keys.RegionKey is not null);
        json.WriteBoolean("mayIssue", keys.MayIssue);
        json.WriteString("fingerprint", keys.Fingerprint());
        json.WriteString("network", keys.NetworkFingerprint());
        if (keys.Authority is { } authority) json.WriteString("authority", Fingerprint(authority));
        json.WriteStartArray("epochs");
        foreach (var epoch in keys.RegionKey is null ? keys.Epochs.Select(one => one.Epoch) : [keys.Epoch]) json.WriteNumberValue(epoch);
        json.WriteEndArray();
    }

    /// <summary>The role that a person wrote; null when there is none of that name.</summary>
    public static Role? ReadRole(string? text)
    {
        var place = text is null ? -1 : ConfigurationLoader.Roles.ToList().IndexOf(text);
        return place < 0 ? null : (Role)place;
    }
}
