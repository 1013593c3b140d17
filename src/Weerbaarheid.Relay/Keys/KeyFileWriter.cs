using System.Text.Json;
using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Writes the fields of a key file.</summary>
internal static class KeyFileWriter
{
    /// <summary>The layout that has a check.</summary>
    public const int Format = 2;

    public static byte[] Write(NodeKeys keys)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteNumber("epoch", keys.Epoch);
            WriteWho(json, keys);
            if (keys.RegionKey is { } region) json.WriteString("region", Convert.ToHexStringLower(region));
            else WriteEpochs(json, keys);
            if (keys.Authority is { } authority) json.WriteString("authority", authority.ToPem());
            json.WriteString("check", keys.Check());
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteWho(Utf8JsonWriter json, NodeKeys keys)
    {
        if (keys.Site != 0) json.WriteNumber("site", keys.Site);
        if (keys.Role is { } role) json.WriteString("role", ConfigurationLoader.Roles[(int)role]);
        if (keys.Name.Length > 0) json.WriteString("name", keys.Name);
        if (keys.Region.Length > 0) json.WriteString("regionName", keys.Region);
    }

    private static void WriteEpochs(Utf8JsonWriter json, NodeKeys keys)
    {
        json.WriteStartArray("epochs");
        foreach (var epoch in keys.Epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", epoch.Epoch);
            json.WriteString("siteKey", Convert.ToHexStringLower(epoch.SiteKey));
            json.WriteString("networkKey", Convert.ToHexStringLower(epoch.NetworkKey));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
