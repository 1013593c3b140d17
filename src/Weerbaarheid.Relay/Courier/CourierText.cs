using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Courier;

/// <summary>What is said of couriers: names of files, the sheet that lies beside them, sentences, and the text in a QR code.</summary>
internal static class CourierText
{
    /// <summary>Stands before the base 32 of one frame.</summary>
    public const string QrMark = "WRK1:";

    /// <summary>The sheet's name.</summary>
    public const string SheetName = "LEESMIJ-koerier.txt";

    /// <summary>Larger frames make codes that a telephone does not read from a screen.</summary>
    public const int LargestQrFrame = 600;

    /// <summary>More codes in one text than anybody photographs.</summary>
    private const int MostQrTexts = 256;

    private const int LongestName = 24;

    /// <summary>What a stick's finder needs to know.</summary>
    public const string Sheet =
        """
        KOERIER: BERICHTEN OP EEN STICK

        Op deze stick staan berichten van een noodsteunpunt, een coördinatiepunt of de meldkamer.
        De bestanden eindigen op .wrk. U kunt ze niet zelf lezen: ze zijn versleuteld.

        Bent u de koerier?
        1. Breng de stick naar het punt dat u is opgegeven.
        2. Vraag daar iemand om de stick in te lezen:   weerbaarheid-relay courier import MAP
        3. Vraag om de antwoorden op dezelfde stick:    weerbaarheid-relay courier export MAP
        4. Breng de stick terug, en laat hem daar weer inlezen.

        Twee keer inlezen kan geen kwaad. Gooi geen bestanden weg voordat u terug bent.
        Heeft u deze stick gevonden? Breng hem naar het gemeentehuis of naar de politie.

        """;

    /// <summary>The name of a file: who, and when by the clock here. Letters that every stick takes.</summary>
    public static string FileName(Site site, DateTimeOffset now)
    {
        var name = new StringBuilder();
        foreach (var c in site.Name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-' && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) name.Append('-');
            if (name.Length == LongestName) break;
        }

        return string.Create(CultureInfo.InvariantCulture, $"koerier-{site.Id}-{name.ToString().Trim('-')}-{now:yyyyMMdd-HHmmss}{CourierFile.Extension}").Replace("--", "-", StringComparison.Ordinal);
    }

    /// <summary>A frame as text for a QR code.</summary>
    public static string ToQr(ReadOnlySpan<byte> frame) => QrMark + Base32.Encode(frame);

    /// <summary>The file that texts of QR codes stand for.</summary>
    /// <returns>Null when there is no such text in it, or one that cannot be read.</returns>
    public static byte[]? FromQr(string text)
    {
        var parts = text.ToUpperInvariant().Split(QrMark);
        if (parts.Length is < 2 or > MostQrTexts) return null;
        var frames = new List<ReadOnlyMemory<byte>>();
        foreach (var part in parts.Skip(1))
        {
            if (Base32.Decode(part) is not { Length: > 0 and <= CourierFrames.MaxFrame } frame) return null;
            frames.Add(frame);
        }

        return CourierFile.Write(frames);
    }

    /// <summary>What a person is told of a file that was read.</summary>
    /// <param name="state">In what shape it was.</param>
    /// <param name="taking">What became of what is in it.</param>
    public static IEnumerable<string> Lines(CourierFileState state, CourierTaking taking)
    {
        if (state == CourierFileState.Foreign) yield return "Dit is geen koeriersbestand, of het is van een nieuwere versie van het programma.";
        if (state == CourierFileState.TooLarge) yield return $"Dit bestand is groter dan {CourierFile.MostBytes >> 20} MB. Een koeriersbestand is nooit zo groot.";
        if (state == CourierFileState.Damaged) yield return "LET OP: het bestand is niet heel. Wat nog goed was, is ingelezen. Vraag om een nieuw bestand.";
        if (state is CourierFileState.Foreign or CourierFileState.TooLarge) yield break;
        yield return $"Nieuw: {taking.Of(CourierVerdict.New)}. Al bekend: {taking.Of(CourierVerdict.Known)}. Geweigerd: {taking.Refused}.";
        foreach (var (verdict, count) in taking.Counts.Where(one => one.Value > 0).OrderBy(one => one.Key))
            if (Reason(verdict) is { } reason) yield return $"  {count} geweigerd: {reason}";
        if (taking.Received > 0) yield return $"Ontvangen door de meldkamer: {taking.Received} van onze berichten.";
        if (taking.Problem is { } problem) yield return $"LET OP: niet alles is ingelezen. {problem}";
    }

    private static string? Reason(CourierVerdict verdict) => verdict switch
    {
        CourierVerdict.NotThisNetwork => "niet van dit netwerk, beschadigd of vervalst.",
        CourierVerdict.Unreadable => "niet te lezen, misschien van een nieuwere versie.",
        CourierVerdict.Revoked => "de regio vertrouwt dat punt niet meer.",
        CourierVerdict.OtherEpoch => "verzegeld met sleutels van een andere periode.",
        CourierVerdict.NotAuthentic => "het zegel klopt niet.",
        CourierVerdict.NoRoom => "de wachtrij of de schijf van dit punt is vol. Probeer het later weer.",
        CourierVerdict.NoKey => "dit punt heeft de sleutel niet, en kan het niet doorgeven.",
        CourierVerdict.Reused => "een ander bericht heeft hetzelfde nummer. Het punt hoort dat en stuurt het opnieuw, als het dat nog heeft. Tot dan telt het hier als gemist. Komt het niet: vraag het punt om welk bericht het ging.",
        _ => null,
    };
}
