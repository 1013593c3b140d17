using System.Globalization;
using Weerbaarheid.Relay.Benchmarks.Peers;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>One bar that was set beforehand, and what came of it.</summary>
/// <param name="What">What is asked.</param>
/// <param name="Bar">How much.</param>
/// <param name="Seen">What was seen; null when it was not measured.</param>
/// <param name="AtLeast">Whether the bar is a least and not a most.</param>
/// <param name="Format">Of both.</param>
internal sealed record Goal(string What, double Bar, double? Seen, bool AtLeast, string Format)
{
    public string Verdict => Seen is not { } seen ? "not measured" : (AtLeast ? seen >= Bar : seen <= Bar) ? "reached" : "MISSED";

    public string Asked => (AtLeast ? "≥ " : "≤ ") + Bar.ToString(Format, CultureInfo.InvariantCulture);

    public string Was => Seen?.ToString(Format, CultureInfo.InvariantCulture) ?? "-";

    private const string Times = "0.00 ×";

    /// <summary>All of them, against the medians of this run.</summary>
    public static IReadOnlyList<Goal> All(IReadOnlyList<Figure> figures, IReadOnlyList<OnAir> air)
    {
        var ours = air.First(system => system.Name == Names.Relay);
        var peer = air.First(system => system.Name.StartsWith(Names.MessagePack, StringComparison.Ordinal));
        double? text = Median(figures, nameof(TextModelOf80Characters), TextModelOf80Characters.Encoding80) / 1000;
        return
        [
            new("encode a melding, against MessagePack-CSharp", 6, Ratio(figures, nameof(EncodeMelding), Names.Relay), true, Times),
            new("encode a status, against MessagePack-CSharp", 7, Ratio(figures, nameof(EncodeStatus), Names.Relay), true, Times),
            new("decode a melding to a view, against MessagePack-CSharp", 4, Ratio(figures, nameof(DecodeMelding), DecodeMelding.View), true, Times),
            new("decode a status to a view, against MessagePack-CSharp", 4, Ratio(figures, nameof(DecodeStatus), DecodeStatus.View), true, Times),
            new("decode a melding to a record, against MessagePack-CSharp", 2, Ratio(figures, nameof(DecodeMelding), Names.Relay), true, Times),
            new("decode a status to a record, against MessagePack-CSharp", 2, Ratio(figures, nameof(DecodeStatus), Names.Relay), true, Times),
            new("encode and seal a melding without text, against the bare cipher", 1.3, Overhead(figures, nameof(ProtectMeldingWithoutText)), false, Times),
            new("encode and seal a status, against the bare cipher", 1.3, Overhead(figures, nameof(ProtectStatus)), false, Times),
            new("encode 80 characters with the text model, µs", 30, text, false, "0.0"),
            new("decode 80 characters with the text model, µs", 30, Median(figures, nameof(TextModelOf80Characters), TextModelOf80Characters.Decoding80) / 1000, false, "0.0"),
            new("80 characters with the text model, against UTF-8", 0.40, TextModelOf80Characters.CodedLength / 80.0, false, Times),
            new("bytes of a status, protected", 30, ours.Status, false, "0"),
            new("bytes of a melding, protected", 60, ours.Melding, false, "0"),
            new("a protected melding, against MessagePack-CSharp + AES-GCM", 0.50, (double)ours.Melding / peer.Melding, false, Times),
            new("a protected melding, against Meshtastic with authentication", 0.65, (double)ours.Melding / air.First(system => system.Name == OnAir.Meshtastic).Melding, false, Times),
        ];
    }

    private static double? Ratio(IReadOnlyList<Figure> figures, string group, string name) => Median(figures, group, Names.MessagePack) / Median(figures, group, name);

    private static double? Overhead(IReadOnlyList<Figure> figures, string group) =>
        Median(figures, group, ProtectMelding.EncodeSeal) / Median(figures, group, ProtectMelding.Bare);

    private static double? Median(IReadOnlyList<Figure> figures, string group, string name) =>
        figures.FirstOrDefault(figure => figure.Group == group && figure.Name == name)?.Nanoseconds;
}
