namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Bodies of the messages that are numbered without holes. Each write is headed by its layout (FORMAT.md §7).</summary>
internal static class RecordBodies
{
    /// <summary>Layout: [sentAt, category, location, text, victims].</summary>
    public static void Write(ref BodyWriter body, Melding melding)
    {
        body.Moment(melding.SentAt);
        body.NumberUnlessZero(melding.Category);
        LocationCode.Write(ref body, melding.Location);
        body.Text(melding.Text);
        body.Number(melding.Victims);
    }

    public static Melding ReadMelding(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        SentAt = body.Moment("sentAt"),
        Category = body.Code("category") ?? 0,
        Location = body.Location("location"),
        Text = body.Text("text", MessageLimits.Text),
        Victims = body.Number("victims"),
    };

    /// <summary>Layout: [sentAt, category, location, text, people].</summary>
    public static void Write(ref BodyWriter body, Hulpvraag hulpvraag)
    {
        body.Moment(hulpvraag.SentAt);
        body.NumberUnlessZero(hulpvraag.Category);
        LocationCode.Write(ref body, hulpvraag.Location);
        body.Text(hulpvraag.Text);
        body.Number(hulpvraag.People);
    }

    public static Hulpvraag ReadHulpvraag(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        SentAt = body.Moment("sentAt"),
        Category = body.Code("category") ?? 0,
        Location = body.Location("location"),
        Text = body.Text("text", MessageLimits.Text),
        People = body.Number("people"),
    };

    /// <summary>Layout: [sentAt, category, location, text, quantity, availableHours].</summary>
    public static void Write(ref BodyWriter body, Hulpaanbod hulpaanbod)
    {
        body.Moment(hulpaanbod.SentAt);
        body.NumberUnlessZero(hulpaanbod.Category);
        LocationCode.Write(ref body, hulpaanbod.Location);
        body.Text(hulpaanbod.Text);
        body.Number(hulpaanbod.Quantity);
        body.Number(hulpaanbod.AvailableHours);
    }

    public static Hulpaanbod ReadHulpaanbod(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        SentAt = body.Moment("sentAt"),
        Category = body.Code("category") ?? 0,
        Location = body.Location("location"),
        Text = body.Text("text", MessageLimits.Text),
        Quantity = body.Number("quantity"),
        AvailableHours = body.Number("availableHours"),
    };

    /// <summary>Layout: [sentAt, number, validHours, text, kind, replaces, grip].</summary>
    public static void Write(ref BodyWriter body, Bulletin bulletin)
    {
        body.Moment(bulletin.SentAt);
        body.Number(bulletin.Number);
        body.Number(bulletin.ValidHours);
        body.Text(bulletin.Text);
        body.NumberUnlessZero((ulong)bulletin.Kind);
        body.Number(bulletin.Replaces);
        body.Number(bulletin.Grip);
    }

    public static Bulletin ReadBulletin(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        SentAt = body.Moment("sentAt"),
        Number = body.Required("number", body.Number("number")),
        ValidHours = body.Required("validHours", body.Number("validHours")),
        Text = body.Text("text", MessageLimits.BulletinText),
        Kind = (BulletinKind)(body.Code("kind") ?? 0),
        Replaces = body.Number("replaces"),
        Grip = body.Number("grip"),
    };

    /// <summary>Layout: [sentAt, forSite, forSequence, kind, text].</summary>
    public static void Write(ref BodyWriter body, Amend amend)
    {
        body.Moment(amend.SentAt);
        body.Number(amend.ForSite);
        body.Number(amend.ForSequence);
        body.Number((ulong)amend.Kind);
        body.Text(amend.Text);
    }

    public static Amend ReadAmend(ref BodyReader body, in MessageHead header) => new()
    {
        Priority = header.Priority,
        Exercise = header.Exercise,
        SentAt = body.Moment("sentAt"),
        ForSite = body.Required("forSite", body.Site("forSite")),
        ForSequence = body.Required("forSequence", body.Whole("forSequence")),
        Kind = (AmendKind)body.Required("kind", body.Code("kind")),
        Text = body.Text("text", MessageLimits.Text),
    };
}
