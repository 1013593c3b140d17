using System.Text.Json;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Reads a scenario from JSON; comments and trailing commas are allowed.</summary>
internal sealed class ScenarioReader
{
    private const int MaxSites = 500;
    private const int MaxMessages = 1_000_000;

    private readonly List<string> _errors = [];
    private readonly HashSet<ushort> _sites = [];
    private readonly Dictionary<string, ScenarioLink> _links = new(StringComparer.Ordinal);

    private ScenarioReader()
    {
    }

    /// <summary>Reads a scenario.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="errors">Everything that is wrong, each line with key, value and remedy; empty when nothing is.</param>
    /// <returns>Null when something is wrong.</returns>
    public static Scenario? Read(ReadOnlyMemory<byte> json, out IReadOnlyList<string> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var reader = new ScenarioReader();
            var scenario = document.RootElement.ValueKind == JsonValueKind.Object ? reader.Read(document.RootElement) : null;
            if (scenario is null) reader._errors.Add("The file does not hold an object; start with { and the keys sites, links and events.");
            errors = reader._errors;
            return errors.Count == 0 ? scenario : null;
        }
        catch (JsonException wrong)
        {
            errors = [$"The file is not JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}: {wrong.Message}"];
            return null;
        }
    }

    private Scenario Read(JsonElement root)
    {
        var fields = new ScenarioFields("", root, _errors);
        var sites = fields.Objects("sites", required: true).ConvertAll(ReadSite);
        if (sites.Count is 0 or > MaxSites) fields.Fail("sites", $"a list of {sites.Count}", $"give 1 to {MaxSites} sites");
        if (sites.Count > 0 && sites.All(site => site.Role != Role.Meldkamer)) fields.Fail("sites", "without a meldkamer", "give one site the role \"meldkamer\"");
        var links = fields.Objects("links", required: true).ConvertAll(ReadLink);
        var events = fields.Objects("events", required: true).Select(ReadEvent).OfType<ScenarioEvent>().ToList();
        if (events.OfType<ScenarioEvent.Send>().Sum(send => (long)send.Count) > MaxMessages) fields.Fail("events", "too much", $"send at most {MaxMessages} messages in all");
        var scenario = new Scenario(
            sites, links, events, fields.Time("duration", null), fields.Time("quiet", TimeSpan.FromHours(6)), (ulong)fields.Whole("seed", 1, 0, int.MaxValue));
        fields.RequireNoMore();
        return scenario;
    }

    private ScenarioSite ReadSite(ScenarioFields fields)
    {
        var id = (ushort)fields.Whole("id", null, 1, ushort.MaxValue);
        if (!_sites.Add(id)) fields.Fail("id", $"{id}, which another site has", "give every site an id of its own");
        var role = fields.Text("role", null, "use noodsteunpunt, coordinatiepunt or meldkamer");
        if (role.Length > 0 && role is not ("noodsteunpunt" or "coordinatiepunt" or "meldkamer"))
            fields.Fail("role", $"\"{role}\"", "use noodsteunpunt, coordinatiepunt or meldkamer");
        var site = new ScenarioSite(
            id, fields.Text("name", $"site {id}", "use a text"),
            role switch { "meldkamer" => Role.Meldkamer, "coordinatiepunt" => Role.Coordinatiepunt, _ => Role.Noodsteunpunt },
            fields.Number("drift", 0, -1_000, 1_000));
        fields.RequireNoMore();
        return site;
    }

    private ScenarioLink ReadLink(ScenarioFields fields)
    {
        var name = fields.Text("name", null, "give the link a name");
        var kind = fields.Text("kind", null, "use mqtt or lora");
        if (kind.Length > 0 && kind is not ("mqtt" or "lora")) fields.Fail("kind", $"\"{kind}\"", "use mqtt or lora");
        var fast = kind == "mqtt";
        var members = fields.Sites("members");
        foreach (var member in members.Where(member => !_sites.Contains(member))) fields.Fail("members", $"{member}", "name sites of this scenario");
        if (members.Distinct().Count() != members.Count) fields.Fail("members", "a list with a site twice", "name every site once");
        var link = new ScenarioLink(
            name, fast ? LinkKind.Mqtt : LinkKind.Lora, members,
            fields.Whole("maxFrame", fast ? 16_384 : 222, 32, 65_536), fields.Whole("bitRate", fast ? 1_000_000 : 1_760, 50, 1_000_000_000),
            fields.Number("loss", fast ? 0 : 0.05, 0, 1), fields.Number("duplication", 0, 0, 1),
            fields.Time("delay", TimeSpan.FromMilliseconds(fast ? 40 : 5)), fields.Time("jitter", TimeSpan.FromMilliseconds(fast ? 30 : 0)),
            fields.Number("dutyCycle", 1, 0.0001, 1));
        if (link.Delay > TimeSpan.FromHours(1)) fields.Fail("delay", Clock.Text(link.Delay), "use at most an hour");
        if (link.Jitter > TimeSpan.FromHours(1)) fields.Fail("jitter", Clock.Text(link.Jitter), "use at most an hour");
        if (!_links.TryAdd(name, link)) fields.Fail("name", $"\"{name}\", which another link has", "give every link a name of its own");
        fields.RequireNoMore();
        return link;
    }

    private ScenarioEvent? ReadEvent(ScenarioFields fields)
    {
        var at = fields.Time("at", null);
        ScenarioEvent? happening =
            fields.Has("cut") ? new ScenarioEvent.Cut(at, ReadLinkName(fields, "cut"), ReadBetween(fields))
            : fields.Has("restore") ? new ScenarioEvent.Restore(at, ReadLinkName(fields, "restore"), ReadBetween(fields))
            : fields.Has("powerOff") ? new ScenarioEvent.PowerOff(at, ReadSiteId(fields, "powerOff"))
            : fields.Has("powerOn") ? new ScenarioEvent.PowerOn(at, ReadSiteId(fields, "powerOn"))
            : fields.Has("send") ? ReadSend(fields, at) : null;
        if (happening is null) _errors.Add($"{fields.Path} does nothing; give it one of cut, restore, powerOff, powerOn or send.");
        else fields.RequireNoMore();
        return happening;
    }

    private ScenarioEvent.Send ReadSend(ScenarioFields fields, TimeSpan at)
    {
        const string Remedy = "use melding, hulpvraag, hulpaanbod, status or bulletin";
        var name = fields.Text("send", null, Remedy);
        var type = name switch
        {
            "melding" => MessageType.Melding,
            "hulpvraag" => MessageType.Hulpvraag,
            "hulpaanbod" => MessageType.Hulpaanbod,
            "status" => MessageType.Status,
            "bulletin" => MessageType.Bulletin,
            _ => (MessageType)0,
        };
        if (type == 0 && name.Length > 0) fields.Fail("send", $"\"{name}\"", Remedy);
        var priority = fields.Has("priority") ? (byte?)fields.Whole("priority", 3, 1, 4) : null;
        return new ScenarioEvent.Send(
            at, ReadSiteId(fields, "site"), type, priority, fields.Whole("count", 1, 1, MaxMessages), fields.Time("every", TimeSpan.FromMinutes(1)));
    }

    private string ReadLinkName(ScenarioFields fields, string key)
    {
        var name = fields.Text(key, null, "name a link");
        if (!_links.ContainsKey(name)) fields.Fail(key, $"\"{name}\"", "name one of the links");
        return name;
    }

    private ushort ReadSiteId(ScenarioFields fields, string key)
    {
        var site = (ushort)fields.Whole(key, null, 1, ushort.MaxValue);
        if (!_sites.Contains(site)) fields.Fail(key, $"{site}", "name one of the sites by its id");
        return site;
    }

    private (ushort A, ushort B)? ReadBetween(ScenarioFields fields)
    {
        if (!fields.Has("between")) return null;
        var pair = fields.Sites("between");
        if (pair.Count == 2 && pair.All(_sites.Contains)) return (pair[0], pair[1]);
        fields.Fail("between", $"a list of {pair.Count}", "name two sites by their ids");
        return null;
    }
}
