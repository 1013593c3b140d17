using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>What a node tells about itself on <c>…/node/{site}</c>, and about its own messages on <c>…/receipt/…</c>.</summary>
internal static class NodeDocument
{
    /// <summary>The node's state.</summary>
    /// <param name="site">Who it is.</param>
    /// <param name="status">The core's own state.</param>
    /// <param name="at">The moment.</param>
    /// <param name="demonstration">Whether it runs on the published keys.</param>
    /// <param name="store">How its store is doing.</param>
    public static byte[] ToJson(Site site, RelayStatus status, Instant at, bool demonstration, StoreHealth store) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        SituationReport.WriteSite(json, site);
        json.WriteString("state", "online");
        json.WriteString("at", at.Wall);
        json.WriteString("keys", demonstration ? "demonstration" : "file");
        SituationReport.WriteKeys(json, status.Keys);
        json.WriteString("wayUp", status.WayUp);
        if (status.NextSite is { } next) json.WriteNumber("nextSite", next);
        else json.WriteNull("nextSite");
        WriteQueue(json, status);
        json.WriteStartArray("links");
        foreach (var link in status.Links) WriteLink(json, link);
        json.WriteEndArray();
        json.WriteStartObject("counts");
        foreach (var name in Tallies.Names) json.WriteNumber(name, status.Tallies.GetValueOrDefault(name));
        json.WriteEndObject();
        WriteStore(json, store);
        NodeFindings.Write(json, NodeFindings.Of(site, status, at.WallTrusted, demonstration, store));
        json.WriteEndObject();
    });

    /// <summary>A step of a message that was made here.</summary>
    public static byte[] Receipt(Output.Progressed step, DateTimeOffset at) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", step.Key.ToString());
        json.WriteNumber("site", step.Key.Origin);
        json.WriteNumber("sequence", step.Key.Sequence);
        json.WriteString("type", MessageDocument.NameOf(step.Type));
        json.WriteString("state", MessageDocument.NameOf(step.State));
        if (step.ClientRef is { } clientRef) json.WriteString("clientRef", clientRef);
        if (step.Reference is { } reference) json.WriteString("reference", reference);
        json.WriteString("at", at);
        json.WriteEndObject();
    });

    /// <summary>Writes how a store is doing.</summary>
    public static void WriteStore(Utf8JsonWriter json, StoreHealth store)
    {
        json.WriteStartObject("store");
        json.WriteNumber("bytes", store.Bytes);
        json.WriteNumber("ballast", store.Ballast);
        json.WriteNumber("quarantined", store.Damaged);
        json.WriteString("state", store.Problem is not null ? "failing" : store.IsTight ? "full" : "ok");
        if (store.Problem is { } problem) json.WriteString("problem", problem);
        if (store.Loss is { } loss)
        {
            json.WriteStartObject("lost");
            json.WriteString("at", loss.At);
            json.WriteString("reason", loss.Reason);
            json.WriteString("folder", loss.Folder);
            json.WriteNumber("salvaged", loss.Salvaged);
            json.WriteNumber("unreadable", loss.Unreadable);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteQueue(Utf8JsonWriter json, RelayStatus status)
    {
        json.WriteStartObject("queue");
        json.WriteNumber("total", status.Waiting.Sum());
        json.WriteStartArray("byPriority");
        foreach (var count in status.Waiting) json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteNumber("bytes", status.WaitingBytes);
        json.WriteNumber("awaitingReceipt", status.AwaitingReceipt);
        if (status.OldestWaiting is { } oldest) json.WriteNumber("oldestSeconds", (long)oldest.TotalSeconds);
        else json.WriteNull("oldestSeconds");
        json.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter json, LinkStatus link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteString("type", link.Type);
        json.WriteBoolean("up", link.Up);
        if (link.DownReason.Length > 0) json.WriteString("reason", link.DownReason);
        json.WriteStartArray("neighbours");
        foreach (var neighbour in link.Neighbours) json.WriteNumberValue(neighbour);
        json.WriteEndArray();
        json.WriteNumber("framesSent", link.FramesSent);
        json.WriteNumber("framesReceived", link.FramesReceived);
        json.WriteNumber("framesRefused", link.FramesRefused);
        if (link.Air is { } air) WriteAir(json, air);
        if (link.Amateur is { } amateur) WriteAmateur(json, amateur);
        json.WriteEndObject();
    }

    private static void WriteAmateur(Utf8JsonWriter json, AmateurStatus amateur)
    {
        json.WriteStartObject("amateur");
        json.WriteBoolean("armed", amateur.Arming is not null);
        if (amateur.Arming is { } arming)
        {
            json.WriteString("operator", arming.Operator);
            json.WriteString("until", arming.Until);
        }

        json.WriteEndObject();
    }

    private static void WriteAir(Utf8JsonWriter json, AirStatus air)
    {
        json.WriteStartObject("airtime");
        json.WriteString("band", air.Band);
        json.WriteNumber("dutyCycle", air.DutyCycle);
        json.WriteNumber("spentSeconds", Math.Round(air.Spent.TotalSeconds, 3));
        if (air.Left is { } left) json.WriteNumber("leftSeconds", Math.Round(left.TotalSeconds, 3));
        else json.WriteNull("leftSeconds");
        if (air.QueueEmptyIn is { } empty) json.WriteNumber("queueEmptySeconds", (long)Math.Ceiling(empty.TotalSeconds));
        else json.WriteNull("queueEmptySeconds");
        json.WriteEndObject();
    }
}
