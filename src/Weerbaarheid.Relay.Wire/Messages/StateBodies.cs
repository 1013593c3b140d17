namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Bodies of the messages of which only the newest counts. Each write is headed by its layout (FORMAT.md §7).</summary>
internal static class StateBodies
{
    /// <summary>Layout: [state, present, capacity, staff, powerHours, supplies, comms, needs].</summary>
    public static void Write(ref BodyWriter body, Status status)
    {
        body.Number((ulong)status.State);
        body.Number(status.Present);
        body.Number(status.Capacity);
        body.Number(status.Staff);
        body.Number(status.PowerHours);
        body.Supplies(status.Supplies);
        body.NumberUnlessZero(status.Comms);
        body.NumberUnlessZero(status.Needs);
    }

    public static Status ReadStatus(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        State = (SiteState)body.Required("state", body.Code("state")),
        Present = body.Number("present"),
        Capacity = body.Number("capacity"),
        Staff = body.Number("staff"),
        PowerHours = body.Number("powerHours"),
        Supplies = body.Supplies("supplies"),
        Comms = body.Bits("comms"),
        Needs = body.Bits("needs"),
    };

    /// <summary>Layout: [lastRecord, waiting, uptimeHours, closed, firstWaiting]; closed = [sequence, reason, sequence, reason, ...].</summary>
    public static void Write(ref BodyWriter body, Heartbeat heartbeat)
    {
        body.NumberUnlessZero(heartbeat.LastRecord);
        body.NumberUnlessZero((ulong)heartbeat.Waiting);
        body.NumberUnlessZero((ulong)heartbeat.UptimeHours);
        WriteClosed(ref body, heartbeat.Closed);
        body.NumberUnlessZero(heartbeat.FirstWaiting);
    }

    private static void WriteClosed(ref BodyWriter body, IReadOnlyList<ClosedNumber> closed)
    {
        if (closed.Count == 0)
        {
            body.Nil();
            return;
        }

        body.Pack.WriteArrayHeader(closed.Count * 2);
        for (var i = 0; i < closed.Count; i++)
        {
            body.Pack.WriteUnsigned(closed[i].Sequence);
            body.Pack.WriteUnsigned((ulong)closed[i].Reason);
        }

        body.Keep();
    }

    public static Heartbeat ReadHeartbeat(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        LastRecord = body.Whole("lastRecord") ?? 0,
        Waiting = body.Number("waiting") ?? 0,
        UptimeHours = body.Number("uptimeHours") ?? 0,
        Closed = ReadClosed(ref body),
        FirstWaiting = body.Whole("firstWaiting") ?? 0,
    };

    /// <summary>Layout: [upTo, bitmap, takenUp, from]; takenUp = [sequence, reference or nil, ...]. The site stands in the header.</summary>
    public static void Write(ref BodyWriter body, Receipt receipt)
    {
        body.NumberUnlessZero(receipt.UpTo);
        if (receipt.Bitmap.IsEmpty)
        {
            body.Nil();
        }
        else
        {
            body.Pack.WriteBinary(receipt.Bitmap.Span);
            body.Keep();
        }

        WriteTakenUp(ref body, receipt.TakenUp);
        body.NumberUnlessZero(receipt.From);
    }

    private static void WriteTakenUp(ref BodyWriter body, IReadOnlyList<TakenUp> takenUp)
    {
        if (takenUp.Count == 0)
        {
            body.Nil();
            return;
        }

        body.Pack.WriteArrayHeader(takenUp.Count * 2);
        for (var i = 0; i < takenUp.Count; i++)
        {
            body.Pack.WriteUnsigned(takenUp[i].Sequence);
            if (takenUp[i].Reference is { } reference) body.TextValue(reference);
            else body.Pack.WriteNil();
        }

        body.Keep();
    }

    public static Receipt ReadReceipt(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        ForSite = header.Destination,
        UpTo = body.Whole("upTo") ?? 0,
        Bitmap = body.Binary("bitmap", MessageLimits.Bitmap),
        TakenUp = ReadTakenUp(ref body),
        From = body.Whole("from") ?? 0,
    };

    /// <summary>Layout: [number, periodMinutes, grip, counts, rows]; counts = four numbers; rows = [row, ...].</summary>
    public static void Write(ref BodyWriter body, Sitrap sitrap)
    {
        body.Number(sitrap.Number);
        body.NumberUnlessZero((ulong)sitrap.PeriodMinutes);
        body.Number(sitrap.Grip);
        body.Pack.WriteArrayHeader(sitrap.Counts.Count);
        for (var i = 0; i < sitrap.Counts.Count; i++) body.Pack.WriteUnsigned((ulong)sitrap.Counts[i]);
        body.Keep();
        if (sitrap.Rows.Count == 0) return;
        body.Pack.WriteArrayHeader(sitrap.Rows.Count);
        for (var i = 0; i < sitrap.Rows.Count; i++) Write(ref body, sitrap.Rows[i]);
        body.Keep();
    }

    public static Sitrap ReadSitrap(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        Number = body.Required("number", body.Number("number")),
        PeriodMinutes = body.Number("periodMinutes") ?? 0,
        Grip = body.Number("grip"),
        Counts = ReadCounts(ref body),
        Rows = ReadRows(ref body),
    };

    /// <summary>Layout: [site, state, present, powerHours, supplies, open].</summary>
    private static void Write(ref BodyWriter body, SitrapRow row)
    {
        var outer = body.Open();
        body.Number(row.Site);
        body.Number((ulong)row.State);
        body.Number(row.Present);
        body.Number(row.PowerHours);
        body.Supplies(row.Supplies);
        body.NumberUnlessZero((ulong)row.Open);
        body.Close(outer);
    }

    private static ClosedNumber[] ReadClosed(ref BodyReader body)
    {
        var count = body.Enter("closed", MessageLimits.Closed * 2, out var outer);
        if (count == 0) return [];
        var closed = new ClosedNumber[count / 2];
        for (var i = 0; i < closed.Length; i++)
        {
            var sequence = body.Required("sequence in closed", body.Whole("sequence in closed"));
            closed[i] = new ClosedNumber(sequence, (ClosedReason)body.Required("reason in closed", body.Code("reason in closed")));
        }

        body.Leave(outer);
        return closed;
    }

    private static TakenUp[] ReadTakenUp(ref BodyReader body)
    {
        var count = body.Enter("takenUp", MessageLimits.TakenUp * 2, out var outer);
        if (count == 0) return [];
        var taken = new TakenUp[count / 2];
        for (var i = 0; i < taken.Length; i++)
        {
            var sequence = body.Required("sequence in takenUp", body.Whole("sequence in takenUp"));
            taken[i] = new TakenUp(sequence, body.Text("reference in takenUp", MessageLimits.Reference));
        }

        body.Leave(outer);
        return taken;
    }

    private static int[] ReadCounts(ref BodyReader body)
    {
        var counts = new int[4];
        if (body.Enter("counts", 15, out var outer) == 0) return counts;
        for (var i = 0; i < counts.Length; i++) counts[i] = body.Number("counts") ?? 0;
        body.Leave(outer);
        return counts;
    }

    private static SitrapRow[] ReadRows(ref BodyReader body)
    {
        var count = body.Enter("rows", MessageLimits.SitrapRows, out var outer);
        if (count == 0) return [];
        var rows = new SitrapRow[count];
        for (var i = 0; i < rows.Length; i++) rows[i] = ReadRow(ref body);
        body.Leave(outer);
        return rows;
    }

    private static SitrapRow ReadRow(ref BodyReader body)
    {
        int? fields = body.Enter("row", 15, out var outer);
        body.Required("row", fields > 0 ? fields : null);
        var row = new SitrapRow(
            body.Required("site", body.Site("site")), (SiteState)body.Required("state", body.Code("state")),
            body.Number("present"), body.Number("powerHours"), body.Supplies("supplies"), body.Number("open") ?? 0);
        body.Leave(outer);
        return row;
    }
}
