using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>A message from here with what both sides said about it later, and so how it stands with it.</summary>
/// <param name="Entry">The message.</param>
/// <param name="Words">What was said later.</param>
/// <param name="Desk">The meldkamer when this is it, and 0 elsewhere: others hear from it in a reference alone.</param>
internal sealed record OwnMessage(BoardEntry Entry, IReadOnlyList<BoardEntry> Words, ushort Desk)
{
    /// <summary>Characters of a reply's mark.</summary>
    private const int MarkLength = 9;

    /// <summary>What the desk said of it last.</summary>
    public DeskWord Told => DeskWord.Read(Entry.Envelope.Reference);

    /// <summary>Whether who made it said that it is not needed any more.</summary>
    public bool IsWithdrawn => LaterWords.EndOf(Entry, Words, Desk) == AmendKind.Intrekking;

    /// <summary>Whether something was said in reply to what the desk said last.</summary>
    public bool HasReplied => Entry.Envelope.Reference is { } reference && Words.Any(word => word.Envelope.ClientRef?.EndsWith(MarkOf(reference), StringComparison.Ordinal) == true);

    /// <summary>Whether the desk waits for an answer.</summary>
    public bool IsAsked => Told.Topic == DeskTopic.Question && !HasReplied && !IsWithdrawn;

    public bool IsClosed => Told.Topic == DeskTopic.Closed;

    /// <summary>How it stands, in a word or two.</summary>
    public string Word => IsWithdrawn ? "Ingetrokken" : IsClosed ? HasReplied ? "Afgehandeld, daarna aangevuld" : "Afgehandeld" : Progress.WordFor(Entry.Envelope.State);

    /// <summary>What that means for who waits.</summary>
    public string Explanation => IsWithdrawn ? "U hebt gezegd dat dit niet meer nodig is. Onder 'Wat er later is verstuurd' staat of de meldkamer dat al weet."
        : !IsClosed ? Progress.Explain(Entry.Envelope.State)
        : HasReplied ? "De meldkamer had dit afgesloten. U hebt daarna nog iets verstuurd; daar moet iemand naar kijken." : "De meldkamer heeft dit afgesloten. Niemand is er nog mee bezig.";

    public Tone Tone => IsWithdrawn || (IsClosed && HasReplied) ? Tone.Quiet : Progress.ToneOf(Entry.Envelope.State);

    /// <summary>Whether it is time to do something: nothing came back of a record that ought to have been answered, and it is still needed.</summary>
    public bool IsLate(Instant now)
    {
        var envelope = Entry.Envelope;
        if (envelope.Key.Series == Series.States || IsWithdrawn || Entry.Message is Amend { Kind: AmendKind.Intrekking }) return false;
        var age = MessageAge.Of(Entry, now);
        return envelope.State switch
        {
            MessageState.Opgeslagen or MessageState.Verzonden => age > Progress.Patience(envelope.Header.Priority),
            // That the meldkamer has it is an answer; only where life is in danger somebody must take it up soon.
            MessageState.Ontvangen => envelope.Header.Priority == 1 && age > 2 * Progress.Patience(1),
            _ => false,
        };
    }

    /// <summary>All from here, newest first.</summary>
    /// <param name="board">What is known.</param>
    /// <param name="site">Here.</param>
    public static IEnumerable<OwnMessage> All(MessageBoard board, Site site)
    {
        var own = board.Newest(MessageBoard.Capacity, site: site.Id);
        var words = LaterWords.ByRecord(own);
        return own.Select(entry => new OwnMessage(entry, words.GetValueOrDefault(entry.Envelope.Key, []), DeskOf(site)));
    }

    /// <summary>One from here.</summary>
    public static OwnMessage Of(MessageBoard board, Site site, BoardEntry entry) => new(entry, LaterWords.Of(board, entry.Envelope.Key), DeskOf(site));

    /// <summary>A reference for a form that says something about it later: from it can be seen, also after a restart, to what word of the desk it replies.</summary>
    public string NewConcept() => FormFields.NewConcept() + (Entry.Envelope.Reference is { } reference ? MarkOf(reference) : "");

    private static ushort DeskOf(Site site) => site.Role == Role.Meldkamer ? site.Id : (ushort)0;

    private static string MarkOf(string reference) => string.Concat("r", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reference))).AsSpan(0, MarkLength - 1));
}
