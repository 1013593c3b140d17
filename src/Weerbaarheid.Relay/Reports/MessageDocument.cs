using System.Text.Json;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>A message as applications receive it: id, origin, times and state, then the fields of its type.</summary>
internal static class MessageDocument
{
    /// <summary>The state as it is written everywhere (design §6.4).</summary>
    public static string NameOf(MessageState state) => state switch
    {
        MessageState.Opgeslagen => "opgeslagen",
        MessageState.Verzonden => "verzonden",
        MessageState.Ontvangen => "ontvangen",
        MessageState.InBehandeling => "in behandeling",
        MessageState.Vervallen => "vervallen",
        _ => "afgewezen",
    };

    /// <summary>The type as it is written everywhere.</summary>
    public static string NameOf(MessageType type) => type.ToString().ToLowerInvariant();

    /// <summary>The message as a document of its own.</summary>
    public static byte[] ToBytes(StoredEnvelope envelope, Message? message, TimeSpan now) =>
        JsonBytes.Write(json => Write(json, envelope, message, now));

    /// <summary>What a row of a Sitrap says, as the status of its site.</summary>
    public static Status StatusOf(Sitrap sitrap, SitrapRow row) => new()
    {
        Priority = sitrap.Priority,
        Exercise = sitrap.Exercise,
        State = row.State,
        Present = row.Present,
        PowerHours = row.PowerHours,
        Supplies = row.Supplies,
    };

    /// <summary>A row of a Sitrap as the newest status of its site: who told it instead of an id of its own.</summary>
    public static byte[] RowToBytes(StoredEnvelope envelope, Sitrap sitrap, SitrapRow row, TimeSpan now) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("origin", row.Site);
        json.WriteString("via", envelope.Key.ToString());
        json.WriteString("receivedAt", envelope.ReceivedAt);
        json.WriteNumber("ageSeconds", (long)Math.Max(0, (now - envelope.BornAt).TotalSeconds));
        MessageJson.Write(json, StatusOf(sitrap, row));
        json.WriteEndObject();
    });

    /// <summary>Writes the message as one JSON object.</summary>
    /// <param name="json">Where.</param>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="message">Its content; null when this version cannot read it.</param>
    /// <param name="now">Node time, for the age.</param>
    public static void Write(Utf8JsonWriter json, StoredEnvelope envelope, Message? message, TimeSpan now)
    {
        json.WriteStartObject();
        json.WriteString("id", envelope.Key.ToString());
        json.WriteNumber("origin", envelope.Key.Origin);
        json.WriteNumber("sequence", envelope.Key.Sequence);
        json.WriteString("state", NameOf(envelope.State));
        json.WriteString("receivedAt", envelope.ReceivedAt);
        json.WriteNumber("ageSeconds", (long)Math.Max(0, (now - envelope.BornAt).TotalSeconds));
        if (envelope.Reference is { } reference) json.WriteString("reference", reference);
        if (envelope.ClientRef is { } clientRef) json.WriteString("clientRef", clientRef);
        if (message is not null) MessageJson.Write(json, message);
        else
        {
            json.WriteString("type", NameOf(envelope.Header.Type));
            json.WriteNumber("priority", envelope.Header.Priority);
            json.WriteString("problem", "onleesbaar voor deze versie");
        }

        json.WriteEndObject();
    }
}
