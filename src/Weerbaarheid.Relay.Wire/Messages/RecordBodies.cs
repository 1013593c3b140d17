namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Bodies of the messages that are numbered without holes. Each write is headed by its layout (FORMAT.md §7) and gives the
/// bytes written, or 0 when a field breaks a limit. The view of the same name reads the layout back.
/// </summary>
internal static class RecordBodies
{
    /// <summary>Layout: [sentAt, category, location, text, victims].</summary>
    public static int Write(ref byte at, Melding melding, TextForm form)
    {
        var body = new BodyWriter(ref at);
        body.Moment(melding.SentAt);
        body.NumberUnlessZero(melding.Category);
        body.Location(melding.Location, form);
        body.Text(melding.Text, MessageLimits.Text, form);
        body.Count(melding.Victims);
        return body.Finish(5);
    }

    /// <summary>Layout: [sentAt, category, location, text, people].</summary>
    public static int Write(ref byte at, Hulpvraag hulpvraag, TextForm form)
    {
        var body = new BodyWriter(ref at);
        body.Moment(hulpvraag.SentAt);
        body.NumberUnlessZero(hulpvraag.Category);
        body.Location(hulpvraag.Location, form);
        body.Text(hulpvraag.Text, MessageLimits.Text, form);
        body.Count(hulpvraag.People);
        return body.Finish(5);
    }

    /// <summary>Layout: [sentAt, category, location, text, quantity, availableHours].</summary>
    public static int Write(ref byte at, Hulpaanbod hulpaanbod, TextForm form)
    {
        var body = new BodyWriter(ref at);
        body.Moment(hulpaanbod.SentAt);
        body.NumberUnlessZero(hulpaanbod.Category);
        body.Location(hulpaanbod.Location, form);
        body.Text(hulpaanbod.Text, MessageLimits.Text, form);
        body.Count(hulpaanbod.Quantity);
        body.Count(hulpaanbod.AvailableHours);
        return body.Finish(6);
    }

    /// <summary>Layout: [sentAt, number, validHours, text, kind, replaces, grip].</summary>
    public static int Write(ref byte at, Bulletin bulletin, TextForm form)
    {
        var body = new BodyWriter(ref at);
        body.Moment(bulletin.SentAt);
        body.Number(bulletin.Number, 1, MessageLimits.Count);
        body.Number(bulletin.ValidHours, 1, MessageLimits.ValidHours);
        body.Text(bulletin.Text, MessageLimits.BulletinText, form);
        body.NumberUnlessZero((int)bulletin.Kind, (int)BulletinKind.Intrekking);
        body.Number(bulletin.Replaces, 1, MessageLimits.Count);
        body.Number(bulletin.Grip, 0, MessageLimits.Grip);
        return body.Finish(7);
    }

    /// <summary>Layout: [sentAt, forSite, forSequence, kind, text].</summary>
    public static int Write(ref byte at, Amend amend, TextForm form)
    {
        if (amend.ForSequence == 0) return 0;
        var body = new BodyWriter(ref at);
        body.Moment(amend.SentAt);
        body.Number(amend.ForSite);
        body.Number(amend.ForSequence);
        body.Number((int)amend.Kind, 0, (int)AmendKind.InBehandeling);
        body.Text(amend.Text, MessageLimits.Text, form);
        return body.Finish(5);
    }
}
