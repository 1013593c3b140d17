using System.Text.Json;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages;

/// <summary>Reads what is to be erased. What is gone is gone: an order of which a part cannot be read does not do the rest.</summary>
internal static class ErasureRequest
{
    private const int MostDays = 3_650;

    /// <param name="given">An object.</param>
    /// <returns>The order, or why it is none, in Dutch.</returns>
    public static (ErasureOrder? Order, string? Problem) Read(JsonElement given)
    {
        EnvelopeKey? only = null;
        TimeSpan? age = null;
        var quarantine = false;
        if (given.TryGetProperty("id", out var id))
        {
            if (OrderText.Of(id) is not { } text || MessageId.Parse(text) is not { Series: Series.Records } key) return (null, "Dat is geen nummer van een bericht; schrijf het als 11-4711.");
            only = key;
        }

        if (given.TryGetProperty("days", out var days))
        {
            if (days.ValueKind != JsonValueKind.Number || !days.TryGetInt32(out var number) || number is < 1 or > MostDays) return (null, $"Zeg het aantal dagen als heel getal van 1 tot {MostDays}.");
            age = TimeSpan.FromDays(number);
        }

        if (given.TryGetProperty("quarantine", out var flag))
        {
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return (null, "Zeg bij quarantine true of false.");
            quarantine = flag.GetBoolean();
        }

        return only is null && age is null && !quarantine
            ? (null, $"Zeg wat weg moet: een bericht, of ouder dan 1 tot {MostDays} dagen.") : (new ErasureOrder(only, age, quarantine), null);
    }
}

/// <summary>Reads a text of an order.</summary>
internal static class OrderText
{
    /// <summary>The text; null when it is none, or holds half a character or bytes that are no text.</summary>
    public static string? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
