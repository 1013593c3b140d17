using System.Text.Json;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Reads a scenario from JSON; comments and trailing commas are allowed.</summary>
internal sealed partial class ScenarioReader
{
    private const int MaxSites = 500;
    private const int MaxMessages = 1_000_000;
    private const int MaxEvents = 100_000;

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
        catch (InvalidOperationException)
        {
            // The parser throws this for a text that is not UTF-8, or holds half a surrogate pair.
            errors = ["The file holds text that is not UTF-8; save it as UTF-8, and write no half surrogate pairs (\\ud800)"];
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
        var events = fields.Objects("events", required: true).SelectMany(ReadEvent).ToList();
        if (events.OfType<ScenarioEvent.Send>().Sum(send => (long)send.Count) > MaxMessages) fields.Fail("events", "too much", $"send at most {MaxMessages} messages in all");
        if (events.Count > MaxEvents) fields.Fail("events", $"a list of {events.Count}", $"give at most {MaxEvents}");
        var scenario = new Scenario(
            sites, links, events, fields.Time("duration", null), fields.Time("quiet", TimeSpan.FromHours(6)), (ulong)fields.Whole("seed", 1, 0, int.MaxValue))
        {
            Rules = ReadLimits(fields),
        };
        fields.RequireNoMore();
        return scenario;
    }

    private static RelayRules ReadLimits(ScenarioFields fields)
    {
        var rules = RelayRules.Default;
        return rules with
        {
            MaxHeld = fields.Whole("maxHeld", rules.MaxHeld, 50, RelayRules.LargestQueue),
            MaxHeldBytes = fields.Whole("maxHeldBytes", (int)rules.MaxHeldBytes, 2_000, int.MaxValue),
            MaxReferences = fields.Whole("maxReferences", rules.MaxReferences, 10, 1_000_000),
        };
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
            fields.Number("drift", 0, -1_000, 1_000))
        {
            ClockError = fields.Shift("clockError", TimeSpan.Zero),
            ClockTrusted = fields.Truth("clockTrusted", true),
            OnDisk = fields.Word("store", ScenarioEvents.Stores, false),
        };
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
            fields.Number("dutyCycle", 1, 0.0001, 1))
        {
            BitErrors = fields.Number("bitErrors", 0, 0, 1),
            Reordering = fields.Number("reordering", 0, 0, 1),
            ReorderedBy = fields.Time("reorderedBy", TimeSpan.FromSeconds(10)),
            Band = fields.Text("band", name.Length > 0 ? name : "band", "name the band that several links share"),
        };
        if (link.ReorderedBy > TimeSpan.FromHours(1)) fields.Fail("reorderedBy", Clock.Text(link.ReorderedBy), "use at most an hour");
        if (link.Delay > TimeSpan.FromHours(1)) fields.Fail("delay", Clock.Text(link.Delay), "use at most an hour");
        if (link.Jitter > TimeSpan.FromHours(1)) fields.Fail("jitter", Clock.Text(link.Jitter), "use at most an hour");
        if (!_links.TryAdd(name, link)) fields.Fail("name", $"\"{name}\", which another link has", "give every link a name of its own");
        fields.RequireNoMore();
        return link;
    }
}
