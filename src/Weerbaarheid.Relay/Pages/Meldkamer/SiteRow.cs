using System.Text.Json;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>What is known of a site.</summary>
/// <param name="Site">Its number.</param>
/// <param name="SinceHeard">How long ago it was last heard; null when never.</param>
/// <param name="State">How it says it is doing, in a word; null when it never told.</param>
/// <param name="Facts">The rest of what it told, in words.</param>
/// <param name="IsExercise">What it told belongs to the exercise.</param>
/// <param name="SinceState">How long ago it told that.</param>
/// <param name="Via">Who told it in its place; null when it did so itself.</param>
/// <param name="Received">Its records that are here.</param>
/// <param name="Waiting">Records that wait there; null when it never told.</param>
/// <param name="Gaps">What is missing of it, in words; empty when nothing is.</param>
/// <param name="Links">The links over which it is heard directly.</param>
/// <param name="IsRevoked">The region shut it out.</param>
internal sealed record SiteRow(
    ushort Site, TimeSpan? SinceHeard, string? State, string Facts, bool IsExercise, TimeSpan? SinceState, ushort? Via, long Received, int? Waiting, string Gaps, IReadOnlyList<string> Links, bool IsRevoked)
{
    /// <summary>A heartbeat comes at least so often; who is silent for longer may be gone.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(15);

    /// <summary>The names under which the report has what a site told in earnest, and in an exercise.</summary>
    public const string RealStatus = "status", ExerciseStatus = "exerciseStatus";

    private const int GapsShown = 3;

    private static readonly (string Name, string Title)[] Counts = [("present", "aanwezig"), ("capacity", "plaatsen"), ("staff", "medewerkers"), ("powerHours", "uur noodstroom")];

    public bool IsStale => SinceHeard is null || SinceHeard > Stale;

    /// <summary>All sites that anybody knows of, in the order of their numbers.</summary>
    /// <param name="node">The node.</param>
    /// <param name="known">Those of the configuration: who of them was never heard is a row as well.</param>
    /// <param name="names">Under which name of the report their status stands; of several the first that is there.</param>
    public static IReadOnlyList<SiteRow> All(RelayNode node, IEnumerable<KnownSite> known, params IReadOnlyList<string> names)
    {
        if (node.Picture is not { } picture || node.Report is not { Length: > 0 } report) return [];
        using var document = JsonDocument.Parse(report);
        var now = node.Now;
        var origins = picture.Status.Origins.ToDictionary(origin => origin.Site);
        var rows = new Dictionary<ushort, SiteRow>();
        foreach (var one in document.RootElement.GetProperty("sites").EnumerateArray())
        {
            var site = one.GetProperty("site").GetUInt16();
            if (site != picture.Site.Id) rows[site] = Read(site, one, origins.GetValueOrDefault(site), picture, now, names);
        }

        foreach (var site in known) if (site.Id != picture.Site.Id) rows.TryAdd(site.Id, new SiteRow(site.Id, null, null, "", false, null, null, 0, null, "", [], false));
        return [.. rows.Values.OrderBy(row => row.Site)];
    }

    /// <summary>What is missing, in words: <c>mist 3 berichten: 11-4 tot 11-6</c>.</summary>
    public static string GapsOf(ushort site, ulong missing, IReadOnlyList<(ulong First, ulong Last)> gaps)
    {
        if (missing == 0) return "";
        var ranges = gaps.Take(GapsShown).Select(gap => gap.First == gap.Last ? $"{site}-{Sequence.NameOf(gap.First)}" : $"{site}-{Sequence.NameOf(gap.First)} tot {site}-{Sequence.NameOf(gap.Last)}");
        return $"mist {Moments.Count((long)Math.Min(missing, long.MaxValue), "bericht", "berichten")}: {string.Join(", ", ranges)}{(gaps.Count > GapsShown ? " en meer" : "")}";
    }

    private static SiteRow Read(ushort site, JsonElement told, OriginStatus? origin, NodePicture picture, Instant now, IReadOnlyList<string> names)
    {
        TimeSpan? Since(string name) => told.TryGetProperty(name, out var at) && at.ValueKind == JsonValueKind.String ? now.Wall - at.GetDateTimeOffset() : null;
        var name = names.FirstOrDefault(one => told.TryGetProperty(one, out var found) && found.ValueKind == JsonValueKind.Object);
        var status = name is null ? default : told.GetProperty(name);
        return new SiteRow(
            site, origin?.LastHeard is { } heard ? now.Now - heard : Since("lastContact"),
            name is null ? null : Choices.WordFor(status.GetProperty("state").GetString() ?? ""), name is null ? "" : FactsOf(status), name == ExerciseStatus, Since($"{name}At"),
            told.TryGetProperty($"{name}Via", out var via) ? via.GetUInt16() : null, told.GetProperty("received").GetInt64(), origin?.Waiting,
            origin is null ? "" : GapsOf(site, origin.Missing, origin.Gaps), [.. picture.Status.Links.Where(link => link.Neighbours.Contains(site)).Select(link => link.Name)], origin?.IsRevoked == true);
    }

    private static string FactsOf(JsonElement status)
    {
        var counts = Counts.Where(one => status.TryGetProperty(one.Name, out var value) && value.ValueKind == JsonValueKind.Number).Select(one => $"{status.GetProperty(one.Name).GetInt32()} {one.Title}").ToList();
        if (status.TryGetProperty("needs", out var needs) && needs.ValueKind == JsonValueKind.Array && needs.GetArrayLength() > 0)
            counts.Add("nodig: " + string.Join(", ", needs.EnumerateArray().Select(need => Choices.WordFor(need.ToString()))));
        return string.Join(", ", counts);
    }
}
