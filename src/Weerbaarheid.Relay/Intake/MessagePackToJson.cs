using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MessagePack;
using Weerbaarheid.Relay.Wire.Json;

namespace Weerbaarheid.Relay.Intake;

/// <summary>
/// Rewrites a MessagePack map as JSON, so that there is one parser and one set of rules. Maps have string keys; binary and
/// extension values have no meaning in a message and are errors.
/// </summary>
internal static class MessagePackToJson
{
    /// <summary>Maps and arrays inside each other, the outermost counted.</summary>
    public const int MaxDepth = 8;

    /// <summary>Bytes of JSON after which rewriting stops: the parser takes no more.</summary>
    public const int MaxJson = MessageJson.MaxSize;

    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Rewrites one map. What is wrong comes back as a sentence; nothing is thrown for what a client sends.</summary>
    public static bool TryTranscode(ReadOnlyMemory<byte> payload, out ReadOnlyMemory<byte> json, out string error)
    {
        json = default;
        try
        {
            var reader = new MessagePackReader(payload);
            var buffer = new ArrayBufferWriter<byte>(Math.Min(MaxJson, (payload.Length * 2) + 64));
            using var writer = new Utf8JsonWriter(buffer, WriterOptions);
            error = reader.NextMessagePackType != MessagePackType.Map ? "The MessagePack payload is not a map." : Value(ref reader, writer, 1);
            if (error.Length == 0 && !reader.End) error = "Bytes follow the MessagePack map.";
            if (error.Length > 0) return false;
            writer.Flush();
            json = buffer.WrittenMemory;
            return true;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            // The last comes of a text that announces 2 GiB or more: the reader takes its length for a negative one.
            error = "The payload is not whole MessagePack.";
            return false;
        }
    }

    /// <summary>Writes the next value.</summary>
    /// <returns>What is wrong, or nothing.</returns>
    private static string Value(ref MessagePackReader reader, Utf8JsonWriter writer, int depth)
    {
        if (writer.BytesCommitted + writer.BytesPending > MaxJson) return $"The payload is more than {MaxJson} bytes as JSON.";
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map: return depth > MaxDepth ? TooDeep : Map(ref reader, writer, depth);
            case MessagePackType.Array: return depth > MaxDepth ? TooDeep : Array(ref reader, writer, depth);
            case MessagePackType.String: return Text(ref reader, writer, isKey: false);
            case MessagePackType.Integer: return Integer(ref reader, writer);
            case MessagePackType.Float: return Float(ref reader, writer);
            case MessagePackType.Boolean:
                writer.WriteBooleanValue(reader.ReadBoolean());
                return "";
            case MessagePackType.Nil:
                reader.ReadNil();
                writer.WriteNullValue();
                return "";
            default: return "Binary and extension values have no meaning in a message.";
        }
    }

    private static string TooDeep => $"Maps and arrays are nested deeper than {MaxDepth}.";

    private static string Map(ref MessagePackReader reader, Utf8JsonWriter writer, int depth)
    {
        var count = reader.ReadMapHeader();
        writer.WriteStartObject();
        for (var i = 0; i < count; i++)
        {
            if (reader.NextMessagePackType != MessagePackType.String) return "The keys of a MessagePack map must be strings.";
            var error = Text(ref reader, writer, isKey: true);
            if (error.Length == 0) error = Value(ref reader, writer, depth + 1);
            if (error.Length > 0) return error;
        }

        writer.WriteEndObject();
        return "";
    }

    private static string Array(ref MessagePackReader reader, Utf8JsonWriter writer, int depth)
    {
        var count = reader.ReadArrayHeader();
        writer.WriteStartArray();
        for (var i = 0; i < count; i++)
        {
            if (Value(ref reader, writer, depth + 1) is { Length: > 0 } error) return error;
        }

        writer.WriteEndArray();
        return "";
    }

    private static string Text(ref MessagePackReader reader, Utf8JsonWriter writer, bool isKey)
    {
        var sequence = reader.ReadStringSequence() ?? ReadOnlySequence<byte>.Empty;
        var utf8 = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (!Utf8.IsValid(utf8)) return "A text in the payload is not UTF-8.";
        if (isKey) writer.WritePropertyName(utf8);
        else writer.WriteStringValue(utf8);
        return "";
    }

    private static string Integer(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        // Only uint 64 can be more than a long holds; every other code fits.
        if (reader.NextCode == MessagePackCode.UInt64) writer.WriteNumberValue(reader.ReadUInt64());
        else writer.WriteNumberValue(reader.ReadInt64());
        return "";
    }

    private static string Float(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        var value = reader.ReadDouble();
        if (!double.IsFinite(value)) return "A number in the payload is not finite.";
        writer.WriteNumberValue(value);
        return "";
    }
}
