using System.Text;
using BenchmarkDotNet.Attributes;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>80 characters of Dutch through the text model and back, beside plain UTF-8; another melding every time, none of them trained on.</summary>
[MemoryDiagnoser]
public class TextModelOf80Characters
{
    public const string Encoding80 = "encode 80 characters";
    public const string Decoding80 = "decode 80 characters";

    public const string Utf8Alone = "UTF-8, 80 characters";

    private readonly string[] _texts = HeldOut.Of(80);
    private readonly byte[] _out = new byte[512];
    private readonly char[] _text = new char[MessageLimits.BulletinText];
    private byte[][] _coded = [];
    private int _next;

    [GlobalSetup]
    public void MakeInputs()
    {
        Checks.That(_texts.Length >= 15, "the corpus");
        _coded = [.. _texts.Select(text => _out[..TextModel.Encode(text, _out)])];
        foreach (var (text, coded) in _texts.Zip(_coded))
            Checks.That(TextModel.TryDecode(coded, _text, out var length) && _text.AsSpan(0, length).SequenceEqual(text), "the text model");
    }

    [Benchmark(Description = Encoding80)]
    public int Encode() => TextModel.Encode(_texts[Next()], _out);

    [Benchmark(Description = Decoding80)]
    public int Decode() => TextModel.TryDecode(_coded[Next()], _text, out var length) ? length : -1;

    [Benchmark(Description = Utf8Alone, Baseline = true)]
    public int Utf8() => Encoding.UTF8.GetBytes(_texts[Next()], _out);

    private int Next() => _next = _next + 1 == _texts.Length ? 0 : _next + 1;
}
