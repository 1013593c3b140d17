using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>JSON of the messages of which only the newest counts.</summary>
internal static class StateJson
{
    private static readonly string StateRemedy = $"write one of {string.Join(", ", JsonNames.State)}";

    public static Status ReadStatus(JsonFields fields) => new()
    {
        State = ReadState(fields),
        Present = fields.Number("present", 0, MessageLimits.Count),
        Capacity = fields.Number("capacity", 0, MessageLimits.Count),
        Staff = fields.Number("staff", 0, MessageLimits.Count),
        PowerHours = fields.Number("powerHours", 0, MessageLimits.Count),
        Supplies = CommonJson.ReadSupplies(fields),
        Comms = CommonJson.ReadSet(fields, "comms", "a means of communication", CategoryTable.Current.Comms),
        Needs = CommonJson.ReadSet(fields, "needs", "a need", CategoryTable.Current.Needs),
    };

    public static void Write(Utf8JsonWriter json, Status status)
    {
        json.WriteString("state", JsonNames.State[(int)status.State]);
        CommonJson.WriteNumber(json, "present", status.Present);
        CommonJson.WriteNumber(json, "capacity", status.Capacity);
        CommonJson.WriteNumber(json, "staff", status.Staff);
        CommonJson.WriteNumber(json, "powerHours", status.PowerHours);
        CommonJson.WriteSupplies(json, status.Supplies);
        CommonJson.WriteSet(json, "comms", status.Comms, CategoryTable.Current.Comms);
        CommonJson.WriteSet(json, "needs", status.Needs, CategoryTable.Current.Needs);
    }

    public static Heartbeat ReadHeartbeat(JsonFields fields)
    {
        var closed = new List<ClosedNumber>();
        foreach (var row in fields.Rows("closed", MessageLimits.Closed, "{\"sequence\": 12, \"reason\": \"vervallen\"}"))
        {
            var sequence = row.Required("sequence", row.Whole("sequence", 0, ulong.MaxValue), "write the number that is closed");
            var reason = row.Required("reason", row.Choice("reason", "a reason", JsonNames.Reason), $"write one of {string.Join(", ", JsonNames.Reason)}");
            row.Finish();
            closed.Add(new ClosedNumber(sequence, (ClosedReason)reason));
        }

        return new Heartbeat
        {
            LastRecord = fields.Whole("lastRecord", 0, ulong.MaxValue) ?? 0,
            FirstWaiting = fields.Whole("firstWaiting", 0, ulong.MaxValue) ?? 0,
            Waiting = fields.Number("waiting", 0, int.MaxValue) ?? 0,
            UptimeHours = fields.Number("uptimeHours", 0, MessageLimits.Count) ?? 0,
            Asks = fields.Whole("asks", 0, ulong.MaxValue) ?? 0,
            HeardOf = (ushort)(fields.Number("heardOf", 0, ushort.MaxValue) ?? 0),
            Heard = fields.Whole("heard", 0, ulong.MaxValue) ?? 0,
            Closed = closed,
        };
    }

    public static void Write(Utf8JsonWriter json, Heartbeat heartbeat)
    {
        json.WriteNumber("lastRecord", heartbeat.LastRecord);
        if (heartbeat.FirstWaiting > 0) json.WriteNumber("firstWaiting", heartbeat.FirstWaiting);
        json.WriteNumber("waiting", heartbeat.Waiting);
        json.WriteNumber("uptimeHours", heartbeat.UptimeHours);
        if (heartbeat.Asks > 0) json.WriteNumber("asks", heartbeat.Asks);
        if (heartbeat.HeardOf > 0) json.WriteNumber("heardOf", heartbeat.HeardOf);
        if (heartbeat.Heard > 0) json.WriteNumber("heard", heartbeat.Heard);
        if (heartbeat.Closed.Count == 0) return;
        json.WriteStartArray("closed");
        foreach (var closed in heartbeat.Closed)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", closed.Sequence);
            json.WriteString("reason", JsonNames.Reason[(int)closed.Reason]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static Receipt ReadReceipt(JsonFields fields)
    {
        var taken = new List<TakenUp>();
        foreach (var row in fields.Rows("takenUp", MessageLimits.TakenUp, "{\"sequence\": 12, \"reference\": \"G-123\"}"))
        {
            var sequence = row.Required("sequence", row.Whole("sequence", 0, ulong.MaxValue), "write the number that was taken up");
            taken.Add(new TakenUp(sequence, row.Text("reference", MessageLimits.Reference)));
            row.Finish();
        }

        return new Receipt
        {
            ForSite = (ushort)fields.Required("forSite", fields.Number("forSite", 0, ushort.MaxValue), "write the site whose records are confirmed"),
            UpTo = fields.Whole("upTo", 0, ulong.MaxValue) ?? 0,
            Bitmap = ReadBitmap(fields),
            From = fields.Whole("from", 0, ulong.MaxValue) ?? 0,
            TakenUp = taken,
            Check = fields.Whole("check", 0, ulong.MaxValue) ?? 0,
            Reused = ReadReused(fields),
        };
    }

    private static List<ulong> ReadReused(JsonFields fields)
    {
        var given = fields.List("reused", MessageLimits.Reused, "[4711]");
        return [.. given.Select((one, i) => fields.WholeOf(JsonFields.Place("reused", i), one, 0, ulong.MaxValue) ?? 0)];
    }

    public static void Write(Utf8JsonWriter json, Receipt receipt)
    {
        json.WriteNumber("forSite", receipt.ForSite);
        json.WriteNumber("upTo", receipt.UpTo);
        if (!receipt.Bitmap.IsEmpty) json.WriteString("bitmap", Convert.ToHexStringLower(receipt.Bitmap.Span));
        if (receipt.From > 0) json.WriteNumber("from", receipt.From);
        if (receipt.Check > 0) json.WriteNumber("check", receipt.Check);
        WriteReused(json, receipt.Reused);
        if (receipt.TakenUp.Count == 0) return;
        json.WriteStartArray("takenUp");
        foreach (var taken in receipt.TakenUp)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", taken.Sequence);
            CommonJson.WriteText(json, "reference", taken.Reference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteReused(Utf8JsonWriter json, IReadOnlyList<ulong> reused)
    {
        if (reused.Count == 0) return;
        json.WriteStartArray("reused");
        foreach (var sequence in reused) json.WriteNumberValue(sequence);
        json.WriteEndArray();
    }

    public static Sitrap ReadSitrap(JsonFields fields)
    {
        var counts = new int[4];
        var given = fields.List("counts", counts.Length, "[0, 2, 5, 1]");
        if (given.Count is > 0 and < 4) fields.Error("counts", $"has {given.Count} elements", "write four, one for each priority");
        for (var i = 0; i < given.Count; i++) counts[i] = (int)(fields.WholeOf(JsonFields.Place("counts", i), given[i], 0, MessageLimits.Count) ?? 0);
        var rows = new List<SitrapRow>();
        foreach (var row in fields.Rows("rows", MessageLimits.SitrapRows, "{\"site\": 11, \"state\": \"open\"}")) rows.Add(ReadRow(row));
        return new Sitrap
        {
            Number = fields.Required("number", fields.Number("number", 1, MessageLimits.Count), "write the number of the report, from 1"),
            PeriodMinutes = fields.Number("periodMinutes", 0, MessageLimits.Count) ?? 0,
            Grip = fields.Number("grip", 0, MessageLimits.Grip),
            Counts = counts,
            Rows = rows,
        };
    }

    public static void Write(Utf8JsonWriter json, Sitrap sitrap)
    {
        json.WriteNumber("number", sitrap.Number);
        json.WriteNumber("periodMinutes", sitrap.PeriodMinutes);
        CommonJson.WriteNumber(json, "grip", sitrap.Grip);
        json.WriteStartArray("counts");
        foreach (var count in sitrap.Counts) json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in sitrap.Rows) Write(json, row);
        json.WriteEndArray();
    }

    private static SitrapRow ReadRow(JsonFields fields)
    {
        var row = new SitrapRow(
            (ushort)fields.Required("site", fields.Number("site", 0, ushort.MaxValue), "write the number of the site"), ReadState(fields),
            fields.Number("present", 0, MessageLimits.Count), fields.Number("powerHours", 0, MessageLimits.Count),
            CommonJson.ReadSupplies(fields), fields.Number("open", 0, MessageLimits.Count) ?? 0);
        fields.Finish();
        return row;
    }

    private static void Write(Utf8JsonWriter json, SitrapRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("site", row.Site);
        json.WriteString("state", JsonNames.State[(int)row.State]);
        CommonJson.WriteNumber(json, "present", row.Present);
        CommonJson.WriteNumber(json, "powerHours", row.PowerHours);
        CommonJson.WriteSupplies(json, row.Supplies);
        json.WriteNumber("open", row.Open);
        json.WriteEndObject();
    }

    private static SiteState ReadState(JsonFields fields) =>
        (SiteState)fields.Required("state", fields.Choice("state", "a state of a site", JsonNames.State), StateRemedy);

    private static byte[] ReadBitmap(JsonFields fields)
    {
        var hex = fields.Text("bitmap", MessageLimits.Bitmap * 2);
        if (hex is null) return [];
        var bytes = new byte[hex.Length / 2];
        if (hex.Length % 2 == 0 && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done) return bytes;
        fields.Error("bitmap", $"\"{JsonText.Cut(hex)}\" is not hexadecimal", "write two digits for each byte");
        return [];
    }
}
