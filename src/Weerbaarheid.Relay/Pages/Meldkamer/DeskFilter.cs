using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Which records somebody wants to see. It is in the address, so that it can be kept and shared; what cannot be read there filters nothing.</summary>
/// <param name="Text">Somewhere in the id, kind, place, words or desk's number; empty for all.</param>
/// <param name="Priority">1 to 4; null for all.</param>
/// <param name="Site">Only from this one.</param>
/// <param name="Type">Only of this type.</param>
/// <param name="Stand">One of <see cref="Stands"/>.</param>
/// <param name="Rows">Rows on the page.</param>
internal sealed record DeskFilter(string Text, int? Priority, ushort? Site, MessageType? Type, string Stand, int Rows)
{
    /// <summary>Rows of a page, and by how much "more" is more.</summary>
    public const int PageRows = 200;

    /// <summary>The most rows of a page.</summary>
    public const int MostRows = 2_000;

    private const int LongestText = 100;

    /// <summary>What the stand of a record can be asked by.</summary>
    public static readonly IReadOnlyList<(string Value, string Label)> Stands =
        [("open", "Open"), ("nieuw", "Nieuw"), ("antwoord", "Antwoord binnen"), ("behandeling", "In behandeling"), ("gevraagd", "Aanvulling gevraagd"), ("gesloten", "Gesloten"), ("alle", "Alle")];

    public static readonly IReadOnlyList<MessageType> Types = [MessageType.Melding, MessageType.Hulpvraag, MessageType.Hulpaanbod];

    public static DeskFilter Read(IQueryCollection query)
    {
        var form = FormFields.Of(query);
        var text = form.Text("q", isLine: true);
        var stand = form.Text("stand", isLine: true);
        var type = form.Text("type", isLine: true);
        return new DeskFilter(
            text.Length <= LongestText ? text : text[..LongestText],
            Number(form, "prioriteit") is >= 1 and <= 4 and var priority ? priority : null,
            Number(form, "punt") is >= 1 and < ushort.MaxValue and var site ? (ushort)site : null,
            Types.Where(one => MessageRules.NameOf(one) == type).Select(one => (MessageType?)one).FirstOrDefault(),
            Stands.Any(one => one.Value == stand) ? stand : Stands[0].Value,
            Math.Clamp(Number(form, "rijen") ?? PageRows, 1, MostRows));
    }

    /// <summary>Whether a record is one of them.</summary>
    public bool Fits(DeskRecord record, SiteNames sites) =>
        (Priority is null || record.Priority == Priority) && (Site is null || record.Key.Origin == Site) && (Type is null || record.Type == Type) && FitsStand(record)
        && (Text.Length == 0 || Places(record, sites).Any(place => place.Contains(Text, StringComparison.InvariantCultureIgnoreCase)));

    /// <summary>The same, as it stands in an address.</summary>
    /// <param name="rows">With so many rows.</param>
    public string Query(int rows)
    {
        var parts = new List<string>();
        if (Text.Length > 0) parts.Add($"q={Uri.EscapeDataString(Text)}");
        if (Priority is { } priority) parts.Add(string.Create(CultureInfo.InvariantCulture, $"prioriteit={priority}"));
        if (Site is { } site) parts.Add(string.Create(CultureInfo.InvariantCulture, $"punt={site}"));
        if (Type is { } type) parts.Add($"type={MessageRules.NameOf(type)}");
        if (Stand != Stands[0].Value) parts.Add($"stand={Stand}");
        if (rows != PageRows) parts.Add(string.Create(CultureInfo.InvariantCulture, $"rijen={rows}"));
        return string.Join('&', parts);
    }

    private bool FitsStand(DeskRecord record) => Stand switch
    {
        "open" => record.IsOpen,
        "nieuw" => record.Stand == DeskStand.Nieuw,
        "antwoord" => record.Stand == DeskStand.Antwoord,
        "behandeling" => record.Stand == DeskStand.InBehandeling,
        "gevraagd" => record.Stand == DeskStand.Gevraagd,
        "gesloten" => !record.IsOpen,
        _ => true,
    };

    private static IEnumerable<string> Places(DeskRecord record, SiteNames sites) =>
        [record.Key.ToString(), DeskWords.TextOf(record), DeskWords.PlaceOf(record, sites), DeskWords.KindOf(record), record.Entry.Envelope.Reference ?? "", sites.NameOf(record.Key.Origin)];

    private static int? Number(FormFields form, string name) => int.TryParse(form.Text(name, isLine: true), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
