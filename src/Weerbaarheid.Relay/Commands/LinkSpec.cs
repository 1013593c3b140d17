using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weerbaarheid.Relay.Commands;

/// <summary>
/// A link on the command line: <c>internet=mqtts://host:8883</c> or <c>lora=rnode:/dev/ttyUSB0</c>, either with more keys of the
/// configuration behind it, as <c>,caFile=ca.pem</c>. What the keys may be is for the loader of the configuration to say.
/// </summary>
internal static class LinkSpec
{
    private static readonly string[] LoRa = ["rnode", "rylr998", "rn2483"];

    /// <returns>The link as it stands in a configuration; null after adding what is wrong.</returns>
    public static JsonObject? Parse(string text, List<string> problems)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var parts = equals < 1 ? [] : text[(equals + 1)..].Split(',');
        var place = parts.Length == 0 ? "" : parts[0];
        var colon = place.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || parts.Skip(1).Any(more => more.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            problems.Add($"--link '{text}' cannot be used; write NAME=mqtts://host:8883 or NAME=TYPE:PORT, such as lora=rnode:/dev/ttyUSB0, with more keys as ,key=value");
            return null;
        }

        var link = IsMqtt(place) ? Mqtt(text[..equals], place) : Modem(text[..equals], place[..colon], place[(colon + 1)..]);
        foreach (var more in parts.Skip(1))
        {
            var at = more.IndexOf('=', StringComparison.Ordinal);
            link[more[..at]] = Value(more[(at + 1)..]);
        }

        return link;
    }

    public static bool IsMqtt(string place) => place.StartsWith("mqtt://", StringComparison.Ordinal) || place.StartsWith("mqtts://", StringComparison.Ordinal);

    public static JsonObject Mqtt(string name, string uri) => new() { ["name"] = name, ["type"] = "mqtt", ["uri"] = uri };

    /// <summary>With the settings that neighbours must share written out, so that a technician sees what to compare.</summary>
    public static JsonObject Modem(string name, string type, string port)
    {
        var link = new JsonObject { ["name"] = name, ["type"] = type, ["port"] = port };
        if (!LoRa.Contains(type)) return link;
        link["frequency"] = 869_525_000;
        link["bandwidth"] = 125_000;
        link["spreadingFactor"] = 9;
        link["codingRate"] = 5;
        link["txPower"] = 14;
        return link;
    }

    private static JsonNode Value(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (bool.TryParse(text, out var flag)) return flag;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? share : JsonValue.Create(text)!;
    }
}
