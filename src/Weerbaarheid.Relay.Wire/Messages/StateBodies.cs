namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Bodies of the messages of which only the newest counts. Each write is headed by its layout (FORMAT.md §7) and gives the
/// bytes written, or 0 when a field breaks a limit. The view of the same name reads the layout back.
/// </summary>
internal static class StateBodies
{
    /// <summary>Layout: [state, present, capacity, staff, powerHours, supplies, comms, needs].</summary>
    public static int Write(ref byte at, Status status)
    {
        var body = new BodyWriter(ref at);
        body.Number((int)status.State, 0, (int)SiteState.Ontruimd);
        body.Count(status.Present);
        body.Count(status.Capacity);
        body.Count(status.Staff);
        body.Count(status.PowerHours);
        body.Supplies(status.Supplies);
        body.NumberUnlessZero(status.Comms);
        body.NumberUnlessZero(status.Needs);
        return body.Finish(8);
    }

    /// <summary>Layout: [lastRecord, waiting, uptimeHours, closed, firstWaiting, asks, heardOf, heard]; closed = [sequence, reason, sequence, reason, ...].</summary>
    public static int Write(ref byte at, Heartbeat heartbeat)
    {
        var body = new BodyWriter(ref at);
        body.NumberUnlessZero(heartbeat.LastRecord);
        body.NumberUnlessZero(heartbeat.Waiting, int.MaxValue);
        body.NumberUnlessZero(heartbeat.UptimeHours, MessageLimits.Count);
        WriteClosed(ref body, heartbeat.Closed);
        body.NumberUnlessZero(heartbeat.FirstWaiting);
        body.NumberUnlessZero(heartbeat.Asks);
        body.NumberUnlessZero(heartbeat.HeardOf);
        body.NumberUnlessZero(heartbeat.Heard);
        return body.Finish(8);
    }

    private static void WriteClosed(ref BodyWriter body, IReadOnlyList<ClosedNumber> closed)
    {
        if (closed.Count == 0)
        {
            body.Nil();
            return;
        }

        if (!body.List(closed.Count * 2, MessageLimits.Closed * 2)) return;
        for (var i = 0; i < closed.Count; i++)
        {
            body.Number(closed[i].Sequence);
            body.Number((int)closed[i].Reason, 0, (int)ClosedReason.Afgewezen);
        }
    }

    /// <summary>Layout: [upTo, bitmap, takenUp, from, check, reused]; takenUp = [sequence, reference or nil, ...]; reused = [sequence, ...]. The site stands in the header.</summary>
    public static int Write(ref byte at, Receipt receipt, TextForm form)
    {
        var body = new BodyWriter(ref at);
        body.NumberUnlessZero(receipt.UpTo);
        if (receipt.Bitmap.IsEmpty) body.Nil();
        else body.Binary(receipt.Bitmap.Span, MessageLimits.Bitmap);
        if (receipt.TakenUp.Count == 0) body.Nil();
        else WriteTakenUp(ref body, receipt.TakenUp, form);
        body.NumberUnlessZero(receipt.From);
        body.NumberUnlessZero(receipt.Check);
        if (receipt.Reused.Count == 0) body.Nil();
        else if (body.List(receipt.Reused.Count, MessageLimits.Reused))
            for (var i = 0; i < receipt.Reused.Count; i++) body.Number(receipt.Reused[i]);
        return body.Finish(6);
    }

    private static void WriteTakenUp(ref BodyWriter body, IReadOnlyList<TakenUp> takenUp, TextForm form)
    {
        if (!body.List(takenUp.Count * 2, MessageLimits.TakenUp * 2)) return;
        for (var i = 0; i < takenUp.Count; i++)
        {
            body.Number(takenUp[i].Sequence);
            if (takenUp[i].Reference is { } reference) body.Text(reference, MessageLimits.Reference, form);
            else body.ElementNil();
        }
    }

    /// <summary>Layout: [number, periodMinutes, grip, counts, rows]; counts = four numbers; rows = [row, ...].</summary>
    public static int Write(ref byte at, Sitrap sitrap)
    {
        if (sitrap.Counts.Count != FourCounts.Length) return 0;
        var body = new BodyWriter(ref at);
        body.Number(sitrap.Number, 1, MessageLimits.Count);
        body.NumberUnlessZero(sitrap.PeriodMinutes, MessageLimits.Count);
        body.Number(sitrap.Grip, 0, MessageLimits.Grip);
        body.List(FourCounts.Length, FourCounts.Length);
        for (var i = 0; i < FourCounts.Length; i++) body.Number(sitrap.Counts[i], 0, MessageLimits.Count);
        if (sitrap.Rows.Count == 0) body.Nil();
        else if (body.List(sitrap.Rows.Count, MessageLimits.SitrapRows))
            for (var i = 0; i < sitrap.Rows.Count; i++) body.Row(sitrap.Rows[i]);
        return body.Finish(5);
    }

    /// <summary>Layout: [site, state, present, powerHours, supplies, open].</summary>
    public static int Write(ref byte at, SitrapRow row)
    {
        var body = new BodyWriter(ref at);
        body.Number(row.Site);
        body.Number((int)row.State, 0, (int)SiteState.Ontruimd);
        body.Count(row.Present);
        body.Count(row.PowerHours);
        body.Supplies(row.Supplies);
        body.NumberUnlessZero(row.Open, MessageLimits.Count);
        return body.Finish(6);
    }
}
