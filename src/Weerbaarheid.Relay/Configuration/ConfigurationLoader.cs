using System.Net;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>Reads the configuration of a node (design §6.2): file, then environment, then command line, all errors at once.</summary>
internal static class ConfigurationLoader
{
    private const int MostLinks = 16;
    private const int LongestName = 80;
    private const int MostNames = 16;
    private const int LongestHost = 253;
    private const int LastSite = ushort.MaxValue - 1;

    /// <summary>Every role, in the order of <see cref="Role"/>.</summary>
    public static readonly IReadOnlyList<string> Roles = ["noodsteunpunt", "coordinatiepunt", "meldkamer"];

    public static ConfigurationResult Load(ConfigurationRequest request)
    {
        var errors = new ConfigurationErrors();
        var sources = new ConfigurationSources(request, errors);
        if (sources.Values is null) return new ConfigurationResult(null, errors.All);

        var root = new SettingFields(sources.Values, "", sources, errors);
        var site = ReadSite(root, required: sources.File is not null);
        var (broker, tls) = ReadBroker(root);
        var (http, names, map) = ReadHttp(root);
        if (map is not null && site.Role != Role.Meldkamer) root.Error("http:map", $"is for the meldkamer, and this is a {Roles[(int)site.Role]}", "leave it out");
        if (broker is { Port: > 0 } && http is not null && broker.Port == http.Port && Overlap(broker.Address, http.Address))
            root.Error("http", $"listens on port {http.Port}, as the broker does", "give http.listen another port");
        var links = new LinkReader(site.Id, errors, sources).Read(root, MostLinks);
        if (tls is { Listen: { Port: > 0 } secure } && (secure.Port == broker?.Port || secure.Port == http?.Port))
            root.Error("broker:tls:listen", $"takes port {secure.Port}, as another listener here does", "give broker.tls.listen another port, such as 8883");
        var leaves = Leaving(broker, tls?.Listen, http, links);
        var keys = ReadKeys(root, leaves);
        var queue = ReadQueue(root);
        var exercise = ReadExercise(root);
        var sites = SiteReader.Read(root);
        var data = root.FilePath("data") ?? DefaultData(root, request.Environment);
        var storage = root.Inner("storage", "{ \"ballastMiB\": 16 }");
        var ballast = storage.Number("ballastMiB", 0, 1024);
        storage.Finish();
        var otlp = ReadTelemetry(root);
        var retention = ReadRetention(root);
        root.Finish();
        if (errors.All.Count > 0) return new ConfigurationResult(null, errors.All);
        return new ConfigurationResult(
            new RelayConfiguration(site, broker, http, links.Links, keys, data, sources.File, links.Later)
            {
                BrokerTls = tls,
                HttpNames = names,
                Map = map,
                Exercise = exercise,
                Sites = sites,
                BallastMiB = ballast ?? 16,
                QueueMessages = queue,
                Otlp = otlp,
                RetentionDays = retention.Days,
                RetentionRecords = retention.Records ?? 200_000,
            }, []);
    }

    private static int ReadQueue(SettingFields root)
    {
        var fields = root.Inner("queue", "{ \"messages\": 20000 }");
        var messages = fields.Number("messages", 100, RelayRules.LargestQueue);
        fields.Finish();
        return messages ?? RelayRules.Default.MaxHeld;
    }

    private static Site ReadSite(SettingFields root, bool required)
    {
        var fields = root.Inner("site", "{ \"id\": 11, \"name\": \"Noodsteunpunt Leek\", \"role\": \"noodsteunpunt\", \"region\": \"groningen\" }");
        var id = fields.Number("id", 1, LastSite);
        var name = fields.Text("name", LongestName);
        var role = fields.Choice("role", "a role", Roles);
        var region = fields.Text("region", LongestName);
        if (required)
        {
            fields.Require("id", $"write the number that the region gave this site, 1 to {LastSite}");
            fields.Require("role", $"write one of {string.Join(", ", Roles)}");
        }

        fields.Finish();
        var roleOrDefault = (Role)(role ?? (int)Role.Meldkamer);
        return new Site((ushort)(id ?? 1), name ?? DefaultName(id ?? 1, roleOrDefault), roleOrDefault, region ?? "groningen");
    }

    private static string DefaultName(int id, Role role)
    {
        var word = Roles[(int)role];
        var capital = char.ToUpperInvariant(word[0]) + word[1..];
        return role == Role.Meldkamer ? capital : $"{capital} {id}";
    }

    private static (IPEndPoint? Plain, TlsListenConfiguration? Tls) ReadBroker(SettingFields root)
    {
        const string example = "{ \"listen\": \"0.0.0.0:8883\", \"certificateFile\": \"broker.crt\", \"keyFile\": \"broker.key\", \"caFile\": \"ca.crt\" }";
        var fields = root.Inner("broker", "{ \"listen\": \"127.0.0.1:1883\" }");
        var plain = fields.Endpoint("listen", "127.0.0.1:1883");
        var isSecure = fields.Has("tls");
        var tls = fields.Inner("tls", example);
        fields.Finish();
        if (!isSecure) return (plain, null);
        if (plain is null && (fields.Text("listen") is "off")) fields.Error("tls", "needs the broker, which is off", "set broker.listen to 127.0.0.1:1883");
        tls.Require("certificateFile", $"write it as {example}");
        tls.Require("caFile", "name the certificate of the authority that the clients' certificates come from");
        var (listen, certificate, key, ca) = (tls.Endpoint("listen", "0.0.0.0:8883"), tls.ExistingFile("certificateFile"), tls.ExistingFile("keyFile"), tls.ExistingFile("caFile"));
        tls.Finish();
        return (plain, listen is null || certificate is null || ca is null ? null : new TlsListenConfiguration(listen, certificate, key, ca));
    }

    private static (IPEndPoint? Listen, IReadOnlyList<string> Names, MapConfiguration? Map) ReadHttp(SettingFields root)
    {
        const string standard = "127.0.0.1:8080";
        var fields = root.Inner("http", $"{{ \"listen\": \"{standard}\" }}");
        var endpoint = fields.Endpoint("listen", standard);
        var names = new List<string>();
        foreach (var place in fields.List("names", MostNames, "[\"relay.example.nl\"]"))
        {
            if (fields.Text($"names:{place}", LongestHost) is not { } name) continue;
            if (Uri.CheckHostName(name) == UriHostNameType.Dns) names.Add(name);
            else fields.Error($"names:{place}", $"'{name}' is not the name of a machine", "write it without http:// and without a port, such as relay.example.nl");
        }

        var map = MapReader.Read(fields);
        fields.Finish();
        return (endpoint, names, map);
    }

    private static string? ReadExercise(SettingFields root)
    {
        var fields = root.Inner("exercise", "{ \"name\": \"Waterwolf\" }");
        var name = fields.Text("name", LongestName);
        if (root.Has("exercise")) fields.Require("name", "name the exercise, or leave exercise out when it is over");
        fields.Finish();
        return name;
    }

    private static Uri? ReadTelemetry(SettingFields root)
    {
        const string example = "{ \"otlp\": \"http://127.0.0.1:4318\" }";
        var fields = root.Inner("telemetry", example);
        var text = fields.Text("otlp", LongestHost + 64);
        fields.Finish();
        if (text is null or "off") return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var otlp) && otlp.Scheme is "http" or "https" && otlp is { UserInfo: "", Query: "", Fragment: "" }) return otlp;
        fields.Error("otlp", $"'{text}' is not the address of a collector", $"write it as {example}, or \"off\"");
        return null;
    }

    private static (int? Days, int? Records) ReadRetention(SettingFields root)
    {
        var fields = root.Inner("retention", "{ \"days\": 30 }");
        // A melding is on its way for a week at most, and a client's reference is known for four days.
        var (days, records) = (fields.Number("days", 7, 3650), fields.Number("records", 1_000, 200_000));
        fields.Finish();
        return (days, records);
    }

    private static bool Overlap(IPAddress left, IPAddress right) => left.Equals(right) || IsAny(left) || IsAny(right);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>What leaves the machine, in words; empty when nothing does.</summary>
    private static List<string> Leaving(IPEndPoint? broker, IPEndPoint? tls, IPEndPoint? http, LinkSettings links)
    {
        var leaving = new List<string>();
        if (broker is not null && !IPAddress.IsLoopback(broker.Address)) leaving.Add($"broker.listen {broker}");
        if (tls is not null && !IPAddress.IsLoopback(tls.Address)) leaving.Add($"broker.tls.listen {tls}");
        if (http is not null && !IPAddress.IsLoopback(http.Address)) leaving.Add($"http.listen {http}");
        leaving.AddRange(links.Links.Where(link => !IsHere(link)).Select(link => $"link '{link.Name}'{(link is MqttLinkOptions mqtt ? $" to {mqtt.Uri.Host}" : "")}"));
        leaving.AddRange(links.UnknownNames.Select(name => $"link '{name}'"));
        return leaving;
    }

    /// <summary>Only what certainly stays here: a name other than localhost may be anywhere, and nobody knows what is behind a modem.</summary>
    private static bool IsHere(LinkOptions link) =>
        link is MqttLinkOptions { Uri: var uri } && (uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address)));

    private static KeysConfiguration ReadKeys(SettingFields root, List<string> leaving)
    {
        const string choose = "write \"keys\": { \"file\": ... } with the region's key file, or \"keys\": { \"demonstration\": true } for a trial";
        var fields = root.Inner("keys", "{ \"file\": \"site.keys\" }");
        var file = fields.FilePath("file");
        var demonstration = fields.Flag("demonstration") ?? false;
        if (file is not null && demonstration) fields.Error("demonstration", "is true, and a key file is named too", "keep one of the two");
        var refused = fields.Has("file") || (fields.Has("demonstration") && demonstration);
        fields.Finish();
        if (file is not null) return new KeysConfiguration.File(file);
        if (!demonstration && !refused && leaving.Count > 0)
            root.Error("keys", $"there are none, and {string.Join(" and ", leaving)} leaves this machine", choose);
        return new KeysConfiguration.Demonstration(demonstration);
    }

    /// <summary>The user's data folder (XDG Base Directory Specification 0.8).</summary>
    private static string DefaultData(SettingFields root, IReadOnlyDictionary<string, string> environment)
    {
        const string folder = "weerbaarheid-relay";
        if (environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data)) return Path.Combine(data, folder);
        if (environment.GetValueOrDefault("HOME") is { Length: > 0 } home) return Path.Combine(home, ".local", "share", folder);
        if (!root.Has("data")) root.Error("data", "is missing, and this account has no home folder (HOME)", "name a folder with data or --data");
        return "";
    }
}
