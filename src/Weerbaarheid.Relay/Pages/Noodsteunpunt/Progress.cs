using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>How far a message has come, said so that nobody takes it for more than it is.</summary>
internal static class Progress
{
    /// <summary>The state in one word or two.</summary>
    public static string WordFor(MessageState state) => state switch
    {
        MessageState.Opgeslagen => "Opgeslagen",
        MessageState.Verzonden => "Verzonden",
        MessageState.Ontvangen => "Ontvangen",
        MessageState.InBehandeling => "In behandeling",
        MessageState.Vervallen => "Vervallen",
        _ => "Afgewezen",
    };

    /// <summary>What the state means for who waits.</summary>
    public static string Explain(MessageState state) => state switch
    {
        MessageState.Opgeslagen => "Het bericht staat veilig op dit punt. Het is nog NIET weg.",
        MessageState.Verzonden => "Het volgende punt heeft het bericht. De meldkamer heeft nog NIET geantwoord.",
        MessageState.Ontvangen => "De meldkamer heeft het bericht. Nog niemand heeft gezegd dat hij ermee bezig is.",
        MessageState.InBehandeling => "Iemand op de meldkamer is ermee bezig.",
        MessageState.Vervallen => "Het bericht was te oud voordat het aankwam. Er gebeurt niets meer mee.",
        _ => "Het bericht wordt nergens aangenomen. Er gebeurt niets mee.",
    };

    public static Tone ToneOf(MessageState state) => state switch
    {
        MessageState.InBehandeling => Tone.Good,
        MessageState.Vervallen or MessageState.Afgewezen => Tone.Bad,
        _ => Tone.Quiet,
    };

    /// <summary>Whether anything can still change.</summary>
    public static bool IsOpen(MessageState state) => state < MessageState.InBehandeling;

    /// <summary>How long people wait for an answer before they do something themselves. Over the slowest radio a receipt for priority 1 takes a minute or two.</summary>
    public static TimeSpan Patience(int priority) => TimeSpan.FromMinutes(priority switch { 1 => 3, 2 => 10, 3 => 30, _ => 60 });

    /// <summary>What to do when nothing came back in time, or nothing will.</summary>
    public static Html Advice(OwnMessage own, Instant now)
    {
        if (own.IsWithdrawn) return Html.None;
        var (state, span) = (own.Entry.Envelope.State, Moments.Span(MessageAge.Of(own.Entry, now)));
        if (state is MessageState.Vervallen or MessageState.Afgewezen)
            return Layout.Box(Tone.Bad, "Dit bericht helpt niet meer", Html.Of($"<p>Is de hulp nog nodig? Stuur een koerier naar het coördinatiepunt, of maak een nieuwe melding.</p>"));
        if (!own.IsLate(now)) return Html.None;
        var what = state == MessageState.Ontvangen ? $"De meldkamer heeft het bericht al {span}, maar heeft het nog niet opgepakt." : $"Er is na {span} nog geen antwoord van de meldkamer.";
        return Layout.Box(Tone.Amber, "Wacht niet langer", Html.Of($"""
            <p>{what} Doe dit:</p>
            <ol>
            <li>Probeer 112. Werkt 112? Bel dan 112.</li>
            <li>Stuur een koerier met dit bericht naar het coördinatiepunt (de brandweerkazerne). Druk deze pagina af of schrijf haar over.</li>
            <li>Verstuur het niet nog een keer: dit punt blijft het zelf proberen.</li>
            </ol>
            """));
    }
}
