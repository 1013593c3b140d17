using System.Text.Json;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>
/// Copies a MessagePack map with the keys of the JSON form (design §6.3) as JSON, so that one reader judges both and both
/// get the same sentences.
/// </summary>
internal static class MapJson
{
    /// <summary>Copies one value and everything in it.</summary>
    /// <param name="pack">Stands at the value.</param>
    /// <param name="json">Where the value may be written.</param>
    /// <param name="depth">How many arrays and maps may still be entered.</param>
    /// <returns>False when there is no whole value, or one that JSON has no form for.</returns>
    public static bool TryCopy(ref PackReader pack, Utf8JsonWriter json, int depth)
    {
        switch (pack.Next)
        {
            case PackKind.Nil when pack.SkipNil():
                json.WriteNullValue();
                return true;
            case PackKind.Boolean when pack.ReadBoolean(out var flag) == PackOutcome.Read:
                json.WriteBooleanValue(flag);
                return true;
            case PackKind.WholeNumber when pack.ReadSigned(out var signed) == PackOutcome.Read:
                json.WriteNumberValue(signed);
                return true;
            case PackKind.WholeNumber when pack.ReadUnsigned(out var unsigned) == PackOutcome.Read:
                json.WriteNumberValue(unsigned);
                return true;
            case PackKind.Fraction when pack.ReadFraction(out var fraction) == PackOutcome.Read && double.IsFinite(fraction):
                json.WriteNumberValue(fraction);
                return true;
            case PackKind.Text when pack.ReadText(out ReadOnlySpan<byte> utf8) == PackOutcome.Read:
                json.WriteStringValue(utf8);
                return true;
            case PackKind.Array: return depth > 0 && TryCopyArray(ref pack, json, depth);
            case PackKind.Map: return depth > 0 && TryCopyMap(ref pack, json, depth);
            default: return false;
        }
    }

    private static bool TryCopyArray(ref PackReader pack, Utf8JsonWriter json, int depth)
    {
        if (pack.ReadArrayHeader(out var count) != PackOutcome.Read) return false;
        json.WriteStartArray();
        for (; count > 0; count--)
            if (!TryCopy(ref pack, json, depth - 1)) return false;
        json.WriteEndArray();
        return true;
    }

    private static bool TryCopyMap(ref PackReader pack, Utf8JsonWriter json, int depth)
    {
        if (pack.ReadMapHeader(out var count) != PackOutcome.Read) return false;
        json.WriteStartObject();
        for (; count > 0; count--)
        {
            if (pack.ReadText(out ReadOnlySpan<byte> name) != PackOutcome.Read) return false;
            json.WritePropertyName(name);
            if (!TryCopy(ref pack, json, depth - 1)) return false;
        }

        json.WriteEndObject();
        return true;
    }
}
