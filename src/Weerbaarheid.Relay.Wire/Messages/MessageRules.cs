using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// The ranges of every field, with the sentence for each: the encoder refuses to pass them and the decoder does not believe what is
/// outside them. The codec checks the same ranges on its way, without making the sentence (a test holds the two together).
/// Costs no allocation while nothing is wrong.
/// </summary>
public static class MessageRules
{
    internal const string NoSequence = "forSequence is 0; it must be 1 or higher";

    /// <summary>The first thing wrong with a message, as <c>melding: victims is 70000; it must be 0 to 65535.</c>, or null.</summary>
    public static string? Problem(Message message)
    {
        var problem = Range("priority", message.Priority, 1, 4)
            ?? Range("exercise", (byte)message.Exercise, 0, (byte)Exercise.Test)
            ?? (message is RecordMessage { SentAt: { } sentAt } ? Range("sentAt", sentAt.Seconds, 1, int.MaxValue) : null)
            ?? OfType(message);
        return problem is null ? null : Sentence(message.Type, problem);
    }

    /// <summary>What is wrong with the part of a message that travels in the header, or null.</summary>
    internal static string? ProblemOf(in MessageHead head) =>
        (uint)(head.Type - MessageType.Melding) <= MessageType.Rekey - MessageType.Melding && (uint)(head.Priority - 1) <= 3 && head.Exercise <= Exercise.Test ? null : Unlikely(head);

    private static string? Unlikely(in MessageHead head)
    {
        var unknown = head.Type is < MessageType.Melding or > MessageType.Rekey;
        var problem = Range("priority", head.Priority, 1, 4) ?? Range("exercise", (byte)head.Exercise, 0, (byte)Exercise.Test);
        return unknown ? UnknownType(head.Type) : problem is null ? null : Sentence(head.Type, problem);
    }

    /// <summary>What is wrong with a stock, or null.</summary>
    internal static string? ProblemOf(in Supplies supplies) =>
        Range("water", supplies.Water, 0, MessageLimits.Supply) ?? Range("food", supplies.Food, 0, MessageLimits.Supply)
        ?? Range("firstAid", supplies.FirstAid, 0, MessageLimits.Supply) ?? Range("fuel", supplies.Fuel, 0, MessageLimits.Supply)
        ?? Range("heat", supplies.Heat, 0, MessageLimits.Supply);

    /// <summary>A type as people write it: <c>melding</c>.</summary>
    public static string NameOf(MessageType type) => type switch
    {
        MessageType.Melding => "melding",
        MessageType.Hulpvraag => "hulpvraag",
        MessageType.Hulpaanbod => "hulpaanbod",
        MessageType.Status => "status",
        MessageType.Bulletin => "bulletin",
        MessageType.Amend => "amend",
        MessageType.Heartbeat => "heartbeat",
        MessageType.Receipt => "receipt",
        MessageType.Sitrap => "sitrap",
        MessageType.Revocation => "revocation",
        MessageType.Rekey => "rekey",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type of message."),
    };

    private static string? OfType(Message message) => message switch
    {
        Melding m => Text("text", m.Text, MessageLimits.Text) ?? Place(m.Location) ?? Count("victims", m.Victims),
        Hulpvraag h => Text("text", h.Text, MessageLimits.Text) ?? Place(h.Location) ?? Count("people", h.People),
        Hulpaanbod h => Text("text", h.Text, MessageLimits.Text) ?? Place(h.Location) ?? Count("quantity", h.Quantity)
            ?? Count("availableHours", h.AvailableHours),
        Bulletin b => OfBulletin(b),
        Amend a => Range("kind", (byte)a.Kind, 0, (byte)AmendKind.InBehandeling) ?? Text("text", a.Text, MessageLimits.Text)
            ?? (a.ForSequence == 0 ? NoSequence : null),
        Status s => Range("state", (byte)s.State, 0, (byte)SiteState.Ontruimd) ?? Count("present", s.Present)
            ?? Count("capacity", s.Capacity) ?? Count("staff", s.Staff) ?? Count("powerHours", s.PowerHours) ?? ProblemOf(s.Supplies),
        Heartbeat h => OfHeartbeat(h),
        Receipt r => OfReceipt(r),
        Sitrap s => OfSitrap(s),
        Revocation r => Range("serial", r.Serial, 1, int.MaxValue) ?? Range("epoch", r.Epoch, 0, MessageLimits.Epoch) ?? Range("oldestEpoch", r.OldestEpoch, 0, r.Epoch)
            ?? Range("the length of revoked", r.Revoked.Count, 0, MessageLimits.Revoked),
        Rekey r => Range("epoch", r.Epoch, 0, MessageLimits.Epoch) ?? Range("the length of siteKey", r.SiteKey.Length, MessageLimits.Key, MessageLimits.Key)
            ?? Range("the length of networkKey", r.NetworkKey.Length, MessageLimits.Key, MessageLimits.Key),
        _ => "no rules are known for it",
    };

    private static string? OfBulletin(Bulletin bulletin) =>
        Range("number", bulletin.Number, 1, MessageLimits.Count)
        ?? Range("validHours", bulletin.ValidHours, 1, MessageLimits.ValidHours)
        ?? Range("kind", (byte)bulletin.Kind, 0, (byte)BulletinKind.Intrekking)
        ?? Range("replaces", bulletin.Replaces, 1, MessageLimits.Count)
        ?? Range("grip", bulletin.Grip, 0, MessageLimits.Grip)
        ?? Text("text", bulletin.Text, MessageLimits.BulletinText);

    private static string? OfHeartbeat(Heartbeat heartbeat)
    {
        var problem = Range("waiting", heartbeat.Waiting, 0, int.MaxValue) ?? Count("uptimeHours", heartbeat.UptimeHours)
            ?? Range("the length of closed", heartbeat.Closed.Count, 0, MessageLimits.Closed);
        for (var i = 0; problem is null && i < heartbeat.Closed.Count; i++)
            problem = Range("the reason in closed", (byte)heartbeat.Closed[i].Reason, 0, (byte)ClosedReason.Afgewezen);
        return problem;
    }

    private static string? OfReceipt(Receipt receipt)
    {
        var problem = Range("the length of bitmap", receipt.Bitmap.Length, 0, MessageLimits.Bitmap)
            ?? Range("the length of takenUp", receipt.TakenUp.Count, 0, MessageLimits.TakenUp)
            ?? Range("the length of reused", receipt.Reused.Count, 0, MessageLimits.Reused);
        for (var i = 0; problem is null && i < receipt.TakenUp.Count; i++)
            problem = Text("reference", receipt.TakenUp[i].Reference, MessageLimits.Reference);
        return problem;
    }

    private static string? OfSitrap(Sitrap sitrap)
    {
        var problem = Range("number", sitrap.Number, 1, MessageLimits.Count) ?? Count("periodMinutes", sitrap.PeriodMinutes)
            ?? Range("grip", sitrap.Grip, 0, MessageLimits.Grip) ?? Range("the length of counts", sitrap.Counts.Count, 4, 4)
            ?? Range("the length of rows", sitrap.Rows.Count, 0, MessageLimits.SitrapRows);
        for (var i = 0; problem is null && i < sitrap.Counts.Count; i++) problem = Count("counts", sitrap.Counts[i]);
        for (var i = 0; problem is null && i < sitrap.Rows.Count; i++)
        {
            var row = sitrap.Rows[i];
            problem = Range("state", (byte)row.State, 0, (byte)SiteState.Ontruimd) ?? Count("present", row.Present)
                ?? Count("powerHours", row.PowerHours) ?? ProblemOf(row.Supplies) ?? Count("open", row.Open);
        }

        return problem;
    }

    private static string? Place(Location? location) => location switch
    {
        AddressLocation address when !PostcodeCode.IsPostcode(address.Postcode) => "postcode is not 4 digits from 1000 and 2 capitals",
        AddressLocation address => Range("house number", address.Number, 0, MessageLimits.HouseNumber)
            ?? (address.Letter is null or (>= 'A' and <= 'Z') ? null : "house letter is not A to Z"),
        GridLocation grid => OfGrid(grid),
        TextLocation text => Text("location", text.Text, MessageLimits.Text),
        _ => null,
    };

    private static string? OfGrid(GridLocation grid) =>
        Range("rdX", grid.X, 0, Rijksdriehoek.MaxX) ?? Range("rdY", grid.Y, Rijksdriehoek.MinY, Rijksdriehoek.MaxY)
        ?? (grid.Precision is 1 or 10 ? null : $"precision is {grid.Precision}; it must be 1 or 10")
        ?? (grid.X % grid.Precision == 0 && grid.Y % grid.Precision == 0 ? null : "rdX and rdY must be multiples of the precision");

    private static string? Text(string name, string? text, int limit) =>
        text is null || text.Length <= limit ? null : TooLong(name, text.Length, limit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static string? Count(string name, int? value) => Range(name, value, 0, MessageLimits.Count);

    // The sentence is made out of line, so that a check that holds costs a comparison and no call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static string? Range(string name, int? value, int least, int most) =>
        value is not { } known || (uint)(known - least) <= (uint)(most - least) ? null : Outside(name, known, least, most);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static string? Range(string name, int value, int least, int most) =>
        (uint)(value - least) <= (uint)(most - least) ? null : Outside(name, value, least, most);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Sentence(MessageType type, string problem) => $"{NameOf(type)}: {problem}.";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string UnknownType(MessageType type) => $"type {(byte)type} is not known here.";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Outside(string name, int value, int least, int most) => $"{name} is {value}; it must be {least} to {most}";

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static string TooLong(string name, int length, int limit) => $"{name} has {length} characters; at most {limit} are allowed";
}
