using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using PolyType;

namespace Weerbaarheid.Relay.Benchmarks.Peers;

/// <summary>A message that every peer can write and read; MessagePack-CSharp, MemoryPack and Nerdbank.MessagePack go by its attributes.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IPeer<T> : IShapeable<T>
    where T : IPeer<T>
{
    /// <summary>System.Text.Json with generated code.</summary>
    static abstract JsonTypeInfo<T> Json { get; }

    /// <summary>Google.Protobuf's own generated message, ready to be written.</summary>
    IMessage ToProtobuf();

    /// <summary>Parses with Google.Protobuf and makes the record.</summary>
    static abstract T FromProtobuf(ReadOnlySpan<byte> bytes);

    /// <summary>Fields by position; System.Formats.Cbor has no serializer.</summary>
    void WriteCbor(CborWriter writer);

    static abstract T ReadCbor(CborReader reader);
}

/// <summary>Code that System.Text.Json generates.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerHeader))]
[JsonSerializable(typeof(PeerMelding))]
[JsonSerializable(typeof(PeerStatus))]
public sealed partial class PeerJson : JsonSerializerContext;

/// <summary>Values that may be missing, in CBOR.</summary>
internal static class PeerCbor
{
    public static string? Text(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.TextString) return reader.ReadTextString();
        reader.ReadNull();
        return null;
    }

    public static int? Number(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.UnsignedInteger) return reader.ReadInt32();
        reader.ReadNull();
        return null;
    }
}
