using System.Globalization;
using Weerbaarheid.Relay.Benchmarks.Peers;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>What is drawn: how many times as fast as MessagePack-CSharp each codec is, and bytes on the air.</summary>
internal static class Charts
{
    private static readonly (string Group, string Title)[] Groups =
    [
        (nameof(EncodeMelding), "Encode a melding"), (nameof(EncodeStatus), "Encode a status"),
        (nameof(DecodeMelding), "Decode a melding"), (nameof(DecodeStatus), "Decode a status"),
    ];

    private const string TextModel = "text model";

    public static IReadOnlyList<Panel> Of(IReadOnlyList<Figure> figures, IReadOnlyList<OnAir> air) =>
        [.. Groups.Select(group => Speed(group.Title, [.. figures.Where(figure => figure.Group == group.Group)])).OfType<Panel>(), Bytes(air)];

    private static Panel? Speed(string title, Figure[] figures)
    {
        if (figures.FirstOrDefault(figure => figure.Name == Names.MessagePack) is not { } peer) return null;
        // Beside the others these bars would be nothing but their labels; the remark tells them, and the table has them in full.
        var coded = figures.Where(figure => figure.Name.EndsWith(TextModel, StringComparison.Ordinal)).ToArray();
        var bars = figures.Except(coded).OrderBy(figure => figure.Nanoseconds).Select(figure => new Bar(
            figure.Name, peer.Nanoseconds / figure.Nanoseconds, $"{(peer.Nanoseconds / figure.Nanoseconds).ToString("0.0", CultureInfo.InvariantCulture)} ×", IsOurs(figure.Name)));
        var remark = coded.Length == 0 ? "" : $"; with our text model {(coded.Max(figure => figure.Nanoseconds) / 1000).ToString("0", CultureInfo.InvariantCulture)} µs";
        return new Panel(title, $"times as fast as {Names.MessagePack} (dashed); longer is better{remark}", 1, [.. bars]);
    }

    private static Panel Bytes(IReadOnlyList<OnAir> air) => new(
        "A melding on the air, protected", "bytes, and time on air at SF9, 125 kHz; ours with the text model; shorter is better", null,
        [.. air.OrderBy(system => system.Melding).Select(system => new Bar(
            system.Name, system.Melding, $"{system.Melding} B · {system.Milliseconds(9).ToString("0", CultureInfo.InvariantCulture)} ms", IsOurs(system.Name)))]);

    private static bool IsOurs(string name) => name.StartsWith(Names.Relay, StringComparison.Ordinal);
}
