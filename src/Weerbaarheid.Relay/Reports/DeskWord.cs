using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>What the desk tells a site about a record.</summary>
internal enum DeskTopic
{
    /// <summary>Only its number, if that.</summary>
    None,

    /// <summary>It asks something.</summary>
    Question,

    /// <summary>It linked a hulpvraag and a hulpaanbod.</summary>
    Linked,

    /// <summary>It closed the record.</summary>
    Closed,
}

/// <summary>
/// What the desk says of a record that it took up. All that goes down to one site is the reference in a receipt, so it is written in that: the desk's number and behind
/// it a word in capitals and what it is about, as in <c>4711 VRAAG: welke verdieping?</c>. Who knows nothing of this reads it as it stands.
/// </summary>
/// <param name="Number">The desk's own number; empty when there is none.</param>
/// <param name="Topic">What is said besides.</param>
/// <param name="Words">The question, or the id of the other record; empty otherwise.</param>
internal readonly record struct DeskWord(string Number, DeskTopic Topic, string Words)
{
    private static readonly (DeskTopic Topic, string Mark)[] Marks = [(DeskTopic.Question, "VRAAG:"), (DeskTopic.Linked, "KOPPELING:"), (DeskTopic.Closed, "AFGEHANDELD")];

    /// <summary>Said where there is nothing to say any more: a reference that is left out changes nothing.</summary>
    public const string Nothing = "-";

    /// <summary>Characters that fit in all.</summary>
    public const int Limit = MessageLimits.Reference;

    /// <summary>Characters of the desk's number: with the longest mark behind it an id still fits.</summary>
    public const int NumberLimit = 14;

    /// <summary>Reads a reference.</summary>
    public static DeskWord Read(string? reference)
    {
        var text = reference ?? "";
        foreach (var (topic, mark) in Marks)
        {
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0 || (at > 0 && text[at - 1] != ' ')) continue;
            var number = text[..at].Trim();
            return new DeskWord(number == Nothing ? "" : number, topic, text[(at + mark.Length)..].Trim());
        }

        return new DeskWord(text == Nothing ? "" : text, DeskTopic.None, "");
    }

    /// <summary>How many characters of a question still fit.</summary>
    public static int RoomForQuestion(string number) => Limit - new DeskWord(number, DeskTopic.Question, "?").ToString().Length + 1;

    /// <summary>Whether a number cannot be taken for something else.</summary>
    public static bool IsNumber(string number) => number.Length <= NumberLimit && Read(number).Topic == DeskTopic.None;

    /// <summary>As it is written in a reference.</summary>
    public override string ToString()
    {
        var topic = Topic;
        return string.Join(' ', new[] { Number, topic == DeskTopic.None ? "" : Array.Find(Marks, one => one.Topic == topic).Mark, Words }.Where(part => part.Length > 0));
    }
}
