namespace Weerbaarheid.Relay.Browser;

/// <summary>The main screens, for tests and for the handbook's pictures.</summary>
internal static class Screens
{
    /// <summary>What a volunteer sees at a noodsteunpunt.</summary>
    internal static readonly string[] Volunteer = ["/", "/melding", "/hulpvraag", "/hulpaanbod", "/status", "/bulletins", "/mijn", "/infopunt", "/begin"];

    /// <summary>What a volunteer sees of a message that was sent from there.</summary>
    internal static readonly string[] Message = ["/bericht/11-1", "/bericht/11-1/aanvulling", "/bericht/11-1/correctie", "/bericht/11-1/intrekking", "/bericht/11-1/qr"];

    /// <summary>What who leads the place and the technician see there.</summary>
    internal static readonly string[] Leading = ["/koerier", "/oefeningen", "/beheer", "/beheer/toestand"];

    /// <summary>Where somebody who needs a PIN comes: there is one for the first of them, and none for the other.</summary>
    internal static readonly string[] Pin = ["/koerier", "/pin?rol=technicus"];

    /// <summary>What the meldkamer sees.</summary>
    internal static readonly string[] Desk = ["/meldkamer", "/meldkamer/hulp", "/meldkamer/punten", "/meldkamer/kaart", "/meldkamer/bulletin", "/meldkamer/sitrap", "/oefeningen", "/infopunt", "/bulletins"];
}
