using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Links.Mqtt;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>The links of a configuration.</summary>
/// <param name="Links">Those whose settings are known, in order.</param>
/// <param name="Later">What to say about those that this version cannot run.</param>
/// <param name="UnknownNames">The names of those whose settings are not known yet.</param>
internal sealed record LinkSettings(IReadOnlyList<LinkOptions> Links, IReadOnlyList<ConfigurationError> Later, IReadOnlyList<string> UnknownNames);

/// <summary>Reads <c>links</c>.</summary>
internal sealed class LinkReader(ushort site, ConfigurationErrors errors, ConfigurationSources sources)
{
    private const int LongestName = 32;
    private const int MostPeers = 64;
    private const string Example = "[ { \"name\": \"internet\", \"type\": \"mqtt\", \"uri\": \"mqtts://meldkamer.example:8883\" } ]";

    /// <summary>Every type of design §6.2.</summary>
    private static readonly IReadOnlyList<string> Types = ["mqtt", "rnode", "kiss", "rylr998", "rn2483", "uart", "simulated"];

    private readonly ModemReader _modems = new(site);
    private readonly List<LinkOptions> _links = [];
    private readonly List<ConfigurationError> _later = [];
    private readonly List<string> _unknownNames = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public LinkSettings Read(SettingFields root, int most)
    {
        foreach (var place in root.List("links", most, Example))
        {
            var path = $"links:{place}";
            ReadOne(new SettingFields(sources.Values!.GetSection(path), path, sources, errors), place);
        }

        return new LinkSettings(_links, _later, _unknownNames);
    }

    private void ReadOne(SettingFields fields, string place)
    {
        var name = ReadName(fields, place);
        var type = fields.Choice("type", "a type of link", Types);
        fields.Require("type", $"write one of {string.Join(", ", Types)}");
        if (type is not { } known) return;
        if (Types[known] == "simulated")
        {
            // Its keys cannot be checked yet, and must not be called unknown.
            SetAside("simulated", "comes with the simulator", place);
            _unknownNames.Add(name ?? place);
            return;
        }

        var peers = ReadPeers(fields);
        LinkOptions options = Types[known] switch
        {
            "mqtt" => ReadMqtt(fields, name ?? place, peers),
            "uart" => _modems.ReadUart(fields, name ?? place, peers, place),
            "kiss" => _modems.ReadKiss(fields, name ?? place, peers, place),
            var radio => _modems.ReadLoRa(fields, radio, name ?? place, peers, place),
        };
        _links.Add(options);
        fields.Finish();
    }

    private void SetAside(string type, string when, string place) =>
        _later.Add(new ConfigurationError(sources.Where($"links:{place}:type"), $"links[{place}].type", $"link type '{type}' {when}", "remove this link or use mqtt"));

    private string? ReadName(SettingFields fields, string place)
    {
        const string remedy = "write letters, digits, - or _, such as internet";
        fields.Require("name", remedy);
        if (fields.Text("name", LongestName) is not { } name) return null;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) fields.Error("name", $"'{name}' has characters that a name may not have", remedy);
        else if (!_names.TryAdd(name, place)) fields.Error("name", $"'{name}' is the name of links[{_names[name]}] too", "give each link a name of its own");
        return name;
    }

    private MqttLinkOptions ReadMqtt(SettingFields fields, string name, IReadOnlyList<ushort> peers)
    {
        const string remedy = "write mqtt://host:1883 or mqtts://host:8883";
        fields.Require("uri", remedy);
        var uri = ReadUri(fields, remedy);
        var options = new MqttLinkOptions(
            name, uri ?? new Uri("mqtt://127.0.0.1"), site, peers, fields.Text("protocol"), fields.Text("user"),
            fields.ExistingFile("passwordFile"), fields.ExistingFile("caFile"), fields.ExistingFile("certificateFile"), fields.ExistingFile("keyFile"));
        foreach (var problem in options.Problems())
        {
            // "key 'value': remedy"
            var (key, rest) = (problem[..problem.IndexOf(' ', StringComparison.Ordinal)], problem[(problem.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var end = rest.LastIndexOf("': ", StringComparison.Ordinal) + 1;
            fields.Error(key, $"{rest[..end]} cannot be used", rest[(end + 2)..]);
        }

        return options;
    }

    private static Uri? ReadUri(SettingFields fields, string remedy)
    {
        if (fields.Text("uri") is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0)
        {
            fields.Error("uri", $"'{text}' is not the address of an MQTT broker", remedy);
            return null;
        }

        if (uri.UserInfo.Length == 0) return uri;
        // Not shown: it may hold a password.
        fields.Error("uri", "holds a user name or password", "name them with user and passwordFile");
        return null;
    }

    private List<ushort> ReadPeers(SettingFields fields)
    {
        var peers = new List<ushort>();
        foreach (var place in fields.List("peers", MostPeers, "[21]"))
        {
            if (fields.Number($"peers:{place}", 1, ushort.MaxValue - 1) is not { } peer) continue;
            if (peer == site) fields.Error($"peers:{place}", $"{peer} is this site itself", "name the sites at the other end");
            else peers.Add((ushort)peer);
        }

        return peers;
    }
}
