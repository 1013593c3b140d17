using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <content>What happens. An event that lasts <c>for</c> a time says so itself; its end needs no event of its own.</content>
internal sealed partial class ScenarioReader
{
    private List<ScenarioEvent> ReadEvent(ScenarioFields fields)
    {
        var at = fields.Time("at", null);
        List<ScenarioEvent> happenings =
            fields.Has("cut") ? ReadCut(fields, at)
            : fields.Has("restore") ? [new ScenarioEvent.Restore(at, ReadLinkName(fields, "restore"), ReadPair(fields, "between"))]
            : fields.Has("powerOff") ? ReadPowerOff(fields, at)
            : fields.Has("powerOn") ? [new ScenarioEvent.PowerOn(at, ReadSiteId(fields, "powerOn"))]
            : fields.Has("weather") ? [new ScenarioEvent.Weather(at, ReadLinkName(fields, "weather"), fields.Number("loss", 0.5, 0, 1), fields.Number("bitErrors", 0, 0, 1), fields.Time("for", null))]
            : fields.Has("modemFails") ? [ReadModemFails(fields, at)]
            : fields.Has("clockJumps") ? [new ScenarioEvent.ClockJumps(at, ReadSiteId(fields, "clockJumps"), fields.Shift("by", null), fields.Truth("trusted", true))]
            : fields.Has("storeFails") ? [new ScenarioEvent.StoreFails(at, ReadSiteId(fields, "storeFails"))]
            : fields.Has("send") ? [ReadSend(fields, at)]
            : fields.Has("load") ? [ReadLoad(fields, at)] : [];
        if (happenings.Count == 0) _errors.Add($"{fields.Path} does nothing; give it one of cut, restore, powerOff, powerOn, weather, modemFails, clockJumps, storeFails, send or load.");
        else fields.RequireNoMore();
        return happenings;
    }

    private List<ScenarioEvent> ReadCut(ScenarioFields fields, TimeSpan at)
    {
        var oneWay = ReadPair(fields, "oneWay");
        var pair = oneWay ?? ReadPair(fields, "between");
        var cut = new ScenarioEvent.Cut(at, ReadLinkName(fields, "cut"), pair) { OneWay = oneWay is not null };
        return fields.Has("for") ? [cut, new ScenarioEvent.Restore(at + fields.Time("for", null), cut.Link, pair)] : [cut];
    }

    private List<ScenarioEvent> ReadPowerOff(ScenarioFields fields, TimeSpan at)
    {
        var off = new ScenarioEvent.PowerOff(at, ReadSiteId(fields, "powerOff"));
        return fields.Has("for") ? [off, new ScenarioEvent.PowerOn(at + fields.Time("for", null), off.Site)] : [off];
    }

    private ScenarioEvent.ModemFails ReadModemFails(ScenarioFields fields, TimeSpan at)
    {
        var (link, site) = (ReadLinkName(fields, "modemFails"), ReadSiteId(fields, "site"));
        if (_links.TryGetValue(link, out var known) && !known.Members.Contains(site)) fields.Fail("site", $"{site}", $"name a site that is on {link}");
        return new ScenarioEvent.ModemFails(at, link, site, fields.Word("how", ScenarioEvents.ModemFaults, ModemFault.Down), fields.Time("for", null));
    }

    private ScenarioEvent.Send ReadSend(ScenarioFields fields, TimeSpan at)
    {
        var type = fields.Word("send", ScenarioEvents.Types, null);
        var priority = fields.Has("priority") ? (byte?)fields.Whole("priority", 3, 1, 4) : null;
        return new ScenarioEvent.Send(
            at, ReadSiteId(fields, "site"), type, priority, fields.Whole("count", 1, 1, MaxMessages), fields.Time("every", TimeSpan.FromMinutes(1)));
    }

    private ScenarioEvent.Load ReadLoad(ScenarioFields fields, TimeSpan at)
    {
        var perHour = fields.Number("load", 1, 0.001, 10_000);
        var sites = fields.Sites("sites");
        foreach (var site in sites.Where(site => !_sites.Contains(site))) fields.Fail("sites", $"{site}", "name sites of this scenario");
        var time = fields.Time("for", null);
        if (perHour * time.TotalHours * Math.Max(1, sites.Count) > MaxMessages) fields.Fail("load", $"{perHour}", $"hand in at most {MaxMessages} messages in all");
        return new ScenarioEvent.Load(at, sites, perHour, time);
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

    private (ushort A, ushort B)? ReadPair(ScenarioFields fields, string key)
    {
        if (!fields.Has(key)) return null;
        var pair = fields.Sites(key);
        if (pair.Count == 2 && pair.All(_sites.Contains)) return (pair[0], pair[1]);
        fields.Fail(key, $"a list of {pair.Count}", "name two sites by their ids");
        return null;
    }
}
