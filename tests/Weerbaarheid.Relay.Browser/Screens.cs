namespace Weerbaarheid.Relay.Browser;

/// <summary>The main screens, for tests and for the handbook's pictures.</summary>
internal static class Screens
{
    /// <summary>What a volunteer sees at a noodsteunpunt.</summary>
    internal static readonly string[] Volunteer = ["/", "/melding", "/hulpvraag", "/hulpaanbod", "/status", "/bulletins", "/mijn"];

    /// <summary>What the meldkamer sees.</summary>
    internal static readonly string[] Desk = ["/meldkamer", "/meldkamer/hulp", "/meldkamer/punten", "/meldkamer/kaart", "/meldkamer/bulletin", "/meldkamer/sitrap"];
}
