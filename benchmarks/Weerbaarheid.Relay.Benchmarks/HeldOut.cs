using System.Text;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>Meldingen that the text model was not trained on: <c>samples/corpus/test/meldingen.txt</c>; CorpusTests keeps the two apart.</summary>
internal static class HeldOut
{
    /// <summary>Every one, as it was written.</summary>
    public static IReadOnlyList<string> Meldingen { get; } = Read();

    /// <summary>The first so many characters of each that has them.</summary>
    public static string[] Of(int length) => [.. Meldingen.Where(text => text.Length >= length).Select(text => text[..length])];

    /// <summary>Bytes of the texts as they travel, of each the shorter form, against their UTF-8.</summary>
    public static double Ratio()
    {
        var room = new byte[4096];
        double plain = 0, sent = 0;
        foreach (var utf8 in Meldingen.Select(Encoding.UTF8.GetByteCount).Zip(Meldingen))
        {
            plain += utf8.First;
            sent += Math.Min(utf8.First, TextModel.Encode(utf8.Second, room));
        }

        return sent / plain;
    }

    /// <summary>Bytes in all of the sample melding with each text of so many characters, protected.</summary>
    public static int[] EnvelopeSizes(int length)
    {
        var room = new byte[MessageLimits.Body];
        return [.. Of(length).Select(text => SampleMessages.Melding with { Text = text }).Select(melding =>
            Envelope.SizeFor(EnvelopeHeader.For(melding, 0, Samples.Site, Samples.Sequence), MessageCodec.Encode(melding, room)))];
    }

    private static string[] Read()
    {
        using var reader = new StreamReader(typeof(HeldOut).Assembly.GetManifestResourceStream("meldingen.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
