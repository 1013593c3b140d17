using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Pages.Frame;

/// <summary>Draws whole pages.</summary>
internal static class Layout
{
    public static Html Draw(PageFrame frame, PageContent page) => Html.Of($"""
        <!doctype html>
        <html lang="nl">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        {Scripts(page, frame.IsDesk)}<title>{page.Title} – {frame.SiteName}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{Asset.Style.Path}">
        {DeskFiles(frame.IsDesk)}        </head>
        <body{Html.When(frame.IsDesk, $" class=\"desk\"")}>
        <a class="skip" href="#inhoud">Naar de inhoud</a>
        <header>
        <p class="call"><strong>Werkt 112? Bel dan 112.</strong></p>
        {Exercise(frame.Exercise)}{Html.When(frame.IsDemonstration, $"<p class=\"trial\">PROEFOPSTELLING: de sleutels zijn openbaar. Schrijf hier niets echts. <a href=\"/begin\">Wat is dit?</a></p>\n")}<p class="place"><a href="/">{frame.SiteName}</a></p>
        <p class="link {ClassOf(frame.LinkTone)}">{frame.Link}</p>
        {(frame.IsDesk ? Parts(frame) : Html.None)}</header>
        <main id="inhoud">
        <h1>{page.Title}</h1>
        {page.Body}
        </main>
        {(frame.IsDesk ? Html.None : Html.Of($"<footer>{Parts(frame)}</footer>"))}
        </body>
        </html>

        """);

    /// <summary>A box that asks for attention, by its word as much as by its colour.</summary>
    public static Html Box(Tone tone, string word, Html body) => Html.Of($"""<div class="box {ClassOf(tone)}" role="note"><p><strong>{word}</strong></p>{body}</div>""");

    /// <summary>What somebody else wrote: on its own, whatever its direction, with its lines.</summary>
    public static Html Said(string? text) => Html.Of($"""<bdi class="said">{text}</bdi>""");

    private static Html Parts(PageFrame frame) =>
        Html.Of($"""<nav aria-label="Onderdelen"><ul>{Html.Each(frame.Parts, part => Html.Of($"<li><a href=\"{part.Address}\">{part.Name}</a></li>"))}</ul></nav>""");

    private static Html DeskFiles(bool isDesk) => !isDesk ? Html.None : Html.Of($"""
        <link rel="stylesheet" href="{Asset.DeskStyle.Path}">
        <script src="{Asset.DeskScript.Path}" defer></script>

        """);

    private static Html Exercise(string? name) => name is null ? Html.None : Html.Of($"<p class=\"exercise\"><strong>OEFENING</strong> {name}: dit is niet echt.</p>\n");

    /// <summary>With scripts a page changes when something has changed; without them it is asked for again. The desk's list has a script of its own.</summary>
    private static Html Scripts(PageContent page, bool isDesk)
    {
        var again = (page.Refresh ?? page.RefreshWithoutScripts) is { } wait ? Html.Of($"<noscript><meta http-equiv=\"refresh\" content=\"{wait}\"></noscript>\n") : Html.None;
        return isDesk && page.Refresh is null ? again : Html.Of($"{again}<script src=\"{Asset.Script.Path}\" data-live=\"{page.Refresh ?? 0}\" defer></script>\n");
    }

    private static string ClassOf(Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Amber => "amber",
        Tone.Bad => "bad",
        _ => "quiet",
    };
}
