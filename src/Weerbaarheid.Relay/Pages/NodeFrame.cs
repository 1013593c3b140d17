using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What stands around every page of a node: who it is, and in words whether what is sent can leave.</summary>
internal static class NodeFrame
{
    public static PageFrame Of(NodePicture? picture, Site site, string? exercise)
    {
        var (link, tone) = picture is null ? ("Dit punt start op.", Tone.Amber) : Link(picture);
        return new PageFrame(site.Name, exercise, picture?.IsDemonstration == true, link, tone);
    }

    private static (string Words, Tone Tone) Link(NodePicture picture)
    {
        var status = picture.Status;
        if (status.Keys.IsRevoked) return ("Dit punt is door de regio uitgesloten: niets van hier wordt aangenomen. Waarschuw de technicus.", Tone.Bad);
        if (picture.Store.Problem is not null) return ("Opslaan lukt nu niet: dit punt neemt niets aan. Waarschuw de technicus.", Tone.Bad);
        if (picture.Store.IsTight) return ("De schijf is vol: dit punt neemt alleen nog meldingen met levensgevaar aan. Waarschuw de technicus.", Tone.Bad);
        if (picture.Site.Role == Role.Meldkamer) return ("Dit is de meldkamer: wat u hier verstuurt, is meteen ontvangen.", Tone.Good);
        if (status.WayUp is { } name) return ($"Verbonden met de meldkamer, via {name}.", Tone.Good);
        return status.NextSite is { } next
            ? ($"Geen verbinding met de meldkamer. Berichten gaan naar punt {next} en wachten daar.", Tone.Amber)
            : ("Geen verbinding. Berichten worden hier bewaard en gaan weg zodra het kan.", Tone.Amber);
    }
}
