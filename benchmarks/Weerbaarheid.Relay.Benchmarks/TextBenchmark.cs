using System.Text;
using BenchmarkDotNet.Attributes;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>80 characters of Dutch through the text model and back, beside plain UTF-8.</summary>
[MemoryDiagnoser]
public class TextModelOf80Characters
{
    public const string Encoding80 = "encode 80 characters";
    public const string Decoding80 = "decode 80 characters";

    public const string Utf8Alone = "UTF-8, 80 characters";

    /// <summary>80 characters as somebody at a noodsteunpunt would type them.</summary>
    public const string Text = "Vrouw 82 gevallen op de trap, heup doet veel pijn, kan niet lopen, dochter erbij";

    private readonly byte[] _out = new byte[Encoding.UTF8.GetMaxByteCount(Text.Length)];
    private readonly char[] _text = new char[MessageLimits.BulletinText];
    private byte[] _coded = [];

    /// <summary>Bytes of the text, coded.</summary>
    public static int CodedLength => TextModel.Encode(Text, new byte[512]);

    [GlobalSetup]
    public void MakeInputs()
    {
        Checks.That(Text.Length == 80, "the length of the text");
        _coded = _out[..Encode()];
        Checks.That(Decode() == Text.Length && _text.AsSpan(0, Text.Length).SequenceEqual(Text), "the text model");
    }

    [Benchmark(Description = Encoding80)]
    public int Encode() => TextModel.Encode(Text, _out);

    [Benchmark(Description = Decoding80)]
    public int Decode() => TextModel.TryDecode(_coded, _text, out var length) ? length : -1;

    [Benchmark(Description = Utf8Alone, Baseline = true)]
    public int Utf8() => Encoding.UTF8.GetBytes(Text, _out);
}
