using System.Text.Json;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Wire.Tests.Golden;

/// <summary>What <c>vectors.json</c> holds; it is the contract with every node that is out there.</summary>
internal static class Vectors
{
    private static readonly JsonElement Root = JsonDocument.Parse(Resource("vectors.json")).RootElement;

    public static IReadOnlyList<(string Name, string Hex)> Keys { get; } =
        [.. Root.GetProperty("keys").EnumerateObject().Select(key => (key.Name, key.Value.GetString()!))];

    /// <summary>Texts and what the text model makes of them, its version in front.</summary>
    public static IReadOnlyList<(string Text, string Hex)> Texts { get; } =
        [.. Root.GetProperty("texts").EnumerateObject().Select(text => (text.Name, text.Value.GetString()!))];

    public static IReadOnlyList<EnvelopeVector> Envelopes { get; } = [.. Root.GetProperty("envelopes").EnumerateArray().Select(vector => new EnvelopeVector(
        vector.GetProperty("name").GetString()!, vector.GetProperty("origin").GetUInt16(), vector.GetProperty("sequence").GetUInt64(),
        vector.GetProperty("json").GetRawText(), vector.GetProperty("body").GetString()!, vector.GetProperty("envelope").GetString()!))];

    public static IReadOnlyList<FrameVector> Frames { get; } = [.. Root.GetProperty("frames").EnumerateArray().Select(vector => new FrameVector(
        vector.GetProperty("name").GetString()!, Enum.Parse<FrameForm>(vector.GetProperty("form").GetString()!, true),
        vector.GetProperty("sender").GetUInt16(), vector.GetProperty("to") is { ValueKind: JsonValueKind.Number } to ? to.GetUInt16() : null,
        vector.GetProperty("more").GetBoolean(), [.. vector.GetProperty("items").EnumerateArray().Select(item => item.GetString()!)],
        vector.GetProperty("frame").GetString()!))];

    public static byte[] Key(string name) => Convert.FromHexString(Keys.Single(key => key.Name == name).Hex);

    public static byte[] EnvelopeOf(string name) => Convert.FromHexString(Envelopes.Single(vector => vector.Name == name).Envelope);

    public static string Resource(string name)
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    internal sealed record EnvelopeVector(string Name, ushort Origin, ulong Sequence, string Json, string Body, string Envelope);

    /// <param name="Items">As <see cref="Frames.FrameText"/> writes them.</param>
    internal sealed record FrameVector(string Name, FrameForm Form, ushort Sender, ushort? To, bool More, IReadOnlyList<string> Items, string Frame)
    {
        /// <summary>As the document names it.</summary>
        public string Heading => $"{Form.ToString().ToLowerInvariant()} frame from {Sender}{(To is { } to ? $" to {to}" : "")}{(More ? ", more" : "")}: {Name}";
    }
}
