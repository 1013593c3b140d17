using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Pages.Frame;

/// <summary>What stands around every page.</summary>
/// <param name="SiteName">The name of the place.</param>
/// <param name="Exercise">The name of the exercise that goes on; null when there is none.</param>
/// <param name="IsDemonstration">The node runs on published keys.</param>
/// <param name="Link">In words, whether what is sent can leave.</param>
/// <param name="LinkTone">How bad that is.</param>
internal sealed record PageFrame(string SiteName, string? Exercise, bool IsDemonstration, string Link, Tone LinkTone)
{
    private static readonly (string, string)[] Volunteers = [("/", "Begin"), ("/mijn", "Mijn meldingen"), ("/bulletins", "Bulletins")];

    /// <summary>The parts of the site, each with its address.</summary>
    public IReadOnlyList<(string Address, string Name)> Parts { get; init; } = Volunteers;

    /// <summary>Whether the pages are for a large screen: parts on top, the whole width, style and script of the desk.</summary>
    public bool IsDesk { get; init; }
}

/// <summary>How a box looks; it always has a word too.</summary>
internal enum Tone
{
    Quiet,
    Good,
    Amber,
    Bad,
}

/// <summary>A page without what stands around it.</summary>
/// <param name="Title">Its heading, and the title of the tab.</param>
/// <param name="Body">What stands under the heading.</param>
internal sealed record PageContent(string Title, Html Body)
{
    /// <summary>Seconds after which the browser asks for it again; null for a page on which somebody types.</summary>
    public int? Refresh { get; init; }

    /// <summary>The same where scripts are off, for a page that changes by itself where they are on.</summary>
    public int? RefreshWithoutScripts { get; init; }
}
