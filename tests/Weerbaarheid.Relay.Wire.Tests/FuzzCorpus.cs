using System.Text;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Golden;
using Weerbaarheid.Relay.Wire.Tests.Json;
using Weerbaarheid.Relay.Wire.Tests.Messages;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>Valid inputs for the fuzz targets, the same at every run.</summary>
public static class FuzzCorpus
{
    private const int Several = 300;

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", "\"type\":", "\"melding\"", "\"status\"", "\"amend\"", "\"bulletin\"", "\"heartbeat\"", "\"receipt\"", "\"sitrap\"", "\"text\":", "\"location\":{",
        "\"postcode\":\"9351AB\"", "\"rdX\":", "\"site\":", "\"priority\":", "\"clientRef\":", "\"supplies\":{", "\"sentAt\":", "\"rows\":[", "\"closed\":[", "null", "true", "\\u0000", "\\ud83d", "\uFEFF", "//", ",,",
    ];

    private static readonly Lazy<HashSet<string>> MadeFrames = new(() => [.. Frames().Select(Convert.ToHexString)]);
    private static readonly Lazy<HashSet<string>> MadeEnvelopes = new(() => [.. Envelopes().Select(Convert.ToHexString)]);

    public static IReadOnlyList<byte[]> JsonWords { get; } = [.. Words.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The type, then the body.</summary>
    public static IReadOnlyList<byte[]> Bodies() => Make(random =>
    {
        var message = random.Next();
        return [(byte)message.Type, .. MessageCodecTests.Encode(message)];
    });

    public static IReadOnlyList<byte[]> Packs() => Make(random => MessageCodecTests.Encode(random.Next()));

    public static IReadOnlyList<byte[]> Texts() =>
    [
        .. Vectors.Texts.Select(one =>
        {
            var code = new byte[2_048];
            return code[..TextModel.Encode(one.Text, code)];
        }),
    ];

    /// <summary>What a random amendment does without, an application has to say.</summary>
    public static IReadOnlyList<byte[]> Json() =>
        [.. Make(random => Encoding.UTF8.GetBytes(MessageJsonTests.Write(random.Next()))).Where(one => MessageJson.TryParse(one, null, true, out _, out _))];

    public static IReadOnlyList<byte[]> Frames() => [.. Vectors.Frames.Select(vector => Convert.FromHexString(vector.Frame))];

    /// <summary>The form and whether it is addressed, then the items of the frames.</summary>
    public static IReadOnlyList<byte[]> Items() =>
    [
        .. Vectors.Frames.Select(vector => (byte[])
            [(byte)((vector.To is null ? 0 : 0x20) | (vector.Form == FrameForm.Narrow ? 1 : 0)), .. Convert.FromHexString(vector.Frame)[3..^FrameWriter.TagSizeOf(vector.Form)]]),
    ];

    /// <summary>Sealed, signed and in clear.</summary>
    public static IReadOnlyList<byte[]> Envelopes() => [.. Vectors.Envelopes.Where(vector => vector.Sequence < Sequence.Modulus).Select(vector => Convert.FromHexString(vector.Envelope))];

    /// <summary>Whether it is one of <see cref="Frames"/>.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> bytes) => MadeFrames.Value.Contains(Convert.ToHexString(bytes));

    /// <summary>Whether it is one of <see cref="Envelopes"/>.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> bytes) => MadeEnvelopes.Value.Contains(Convert.ToHexString(bytes));

    private static IReadOnlyList<byte[]> Make(Func<RandomMessages, byte[]> make)
    {
        var random = new RandomMessages(7);
        return [.. Enumerable.Range(0, Several).Select(_ => make(random))];
    }
}
