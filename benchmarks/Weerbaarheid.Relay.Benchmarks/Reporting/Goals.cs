using System.Globalization;
using Weerbaarheid.Relay.Benchmarks.Peers;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>One bar that was set beforehand, and what came of it.</summary>
/// <param name="What">What is asked.</param>
/// <param name="Bar">How much; null for what is only told.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="AtLeast">Whether the bar is a least and not a most.</param>
/// <param name="Format">Of both.</param>
/// <param name="Of">What a ratio is of.</param>
internal sealed record Goal(string What, double? Bar, double Seen, bool AtLeast, string Format, string Of = "")
{
    private const string Times = "0.00 ×";
    private const string Microseconds = "0.0 µs";
    private const string Bytes = "0.0 B";

    public string Verdict => Bar is not { } bar ? "" : (AtLeast ? Seen >= bar : Seen <= bar) ? "reached" : "MISSED";

    public string Asked => Bar is not { } bar ? "-" : (AtLeast ? "≥ " : "≤ ") + bar.ToString(Format, CultureInfo.InvariantCulture);

    public string Was => Seen.ToString(Seen < 0.1 ? Format.Replace("0.00", "0.0000", StringComparison.Ordinal) : Format, CultureInfo.InvariantCulture);

    /// <summary>Speeds, measured in turns; takes about half a minute.</summary>
    public static IEnumerable<Goal> Speeds()
    {
        const string Peer = ", against MessagePack-CSharp";
        var (melding, status) = (new EncodeMelding(), new EncodeStatus());
        melding.Check();
        status.Check();
        Action<int> peer = count => { for (; count > 0; count--) melding.MessagePack(); };
        yield return AtLeastTimes($"encode a melding{Peer}", 6, count => { for (; count > 0; count--) melding.Relay(); }, peer);
        yield return AtLeastTimes($"encode a status{Peer}", 7, count => { for (; count > 0; count--) status.Relay(); }, count => { for (; count > 0; count--) status.MessagePack(); });
        yield return AtLeastTimes($"encode a melding with the text model{Peer}", null, count => { for (; count > 0; count--) melding.WithText(); }, peer);
        foreach (var goal in Decoding(Peer).Concat(Protecting()).Concat(Text())) yield return goal;
    }

    /// <summary>Bytes, which need no measuring.</summary>
    public static IEnumerable<Goal> Sizes(IReadOnlyList<OnAir> air)
    {
        var ours = air.First(system => system.Name == Names.Relay);
        var peer = air.First(system => system.Name.StartsWith(Names.MessagePack, StringComparison.Ordinal));
        var meshtastic = air.First(system => system.Name == OnAir.Meshtastic);
        var sixty = HeldOut.EnvelopeSizes(60);
        yield return new("texts of meldingen that were not trained on, against UTF-8", 0.40, HeldOut.Ratio(), false, Times);
        yield return new("a status, protected", 30, ours.Status!.Value, false, Bytes);
        yield return new($"a melding with 60 characters, protected; mean of {sixty.Length} that were not trained on", 60, sixty.Average(), false, Bytes);
        yield return new($"of those {sixty.Length}, the part that takes at most 60 bytes", null, (double)sixty.Count(size => size <= 60) / sixty.Length, true, "0 %");
        yield return new("a protected melding, against MessagePack-CSharp + AES-GCM", 0.50, (double)ours.Melding / peer.Melding, false, Times);
        yield return new("a protected melding, against Meshtastic with authentication", 0.65, (double)ours.Melding / meshtastic.Melding, false, Times);
    }

    private static IEnumerable<Goal> Decoding(string against)
    {
        var (melding, status) = (new DecodeMelding(), new DecodeStatus());
        melding.MakeInputs();
        status.MakeInputs();
        Action<int> peer = count => { for (; count > 0; count--) melding.MessagePack(); };
        Action<int> peerStatus = count => { for (; count > 0; count--) status.MessagePack(); };
        yield return AtLeastTimes($"decode a melding to a view{against}", 4, count => { for (; count > 0; count--) melding.RelayView(); }, peer);
        yield return AtLeastTimes($"decode a status to a view{against}", 4, count => { for (; count > 0; count--) status.RelayView(); }, peerStatus);
        yield return AtLeastTimes($"decode a melding to a record{against}", 2, count => { for (; count > 0; count--) melding.Relay(); }, peer);
        yield return AtLeastTimes($"decode a status to a record{against}", 2, count => { for (; count > 0; count--) status.Relay(); }, peerStatus);
        yield return AtLeastTimes($"decode a melding with the text model to a view{against}", null, count => { for (; count > 0; count--) melding.CodedView(); }, peer);
        yield return AtLeastTimes($"decode a melding with the text model to a record{against}", null, count => { for (; count > 0; count--) melding.Coded(); }, peer);
    }

    private static IEnumerable<Goal> Protecting()
    {
        using var melding = new ProtectMelding();
        using var status = new ProtectStatus();
        melding.MakeInputs();
        status.MakeInputs();
        const string Bare = "against the bare cipher on as many bytes";
        yield return AtMostTimes($"encode and seal a melding, {Bare}", 1.3, count => { for (; count > 0; count--) melding.BareCipher(); }, count => { for (; count > 0; count--) melding.EncodeAndSeal(); });
        yield return AtMostTimes($"encode and seal a status, {Bare}", 1.3, count => { for (; count > 0; count--) status.BareCipher(); }, count => { for (; count > 0; count--) status.EncodeAndSeal(); });
    }

    private static IEnumerable<Goal> Text()
    {
        var text = new TextModelOf80Characters();
        text.MakeInputs();
        var both = Pair.Measure(count => { for (; count > 0; count--) text.Encode(); }, count => { for (; count > 0; count--) text.Decode(); });
        yield return new("encode 80 characters with the text model", 30, both.First / 1000, false, Microseconds);
        yield return new("decode 80 characters with the text model", 30, both.Second / 1000, false, Microseconds);
    }

    private static Goal AtLeastTimes(string what, double? bar, Action<int> ours, Action<int> theirs) => Measured(what, bar, true, ours, theirs);

    private static Goal AtMostTimes(string what, double bar, Action<int> bare, Action<int> whole) => Measured(what, bar, false, bare, whole);

    private static Goal Measured(string what, double? bar, bool atLeast, Action<int> below, Action<int> above)
    {
        var pair = Pair.Measure(below, above);
        return new(what, bar, pair.Ratio, atLeast, Times, string.Create(CultureInfo.InvariantCulture, $"{pair.Second:N1} / {pair.First:N1} ns"));
    }
}
