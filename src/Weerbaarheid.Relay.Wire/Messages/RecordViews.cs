namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// A melding's body, checked as a whole and left where it stands: nothing is copied or allocated. Properties are those of
/// <see cref="Melding"/>; the same goes for the other views. A view is as good as the bytes it was read from.
/// </summary>
public readonly ref struct MeldingView : IBodyView<MeldingView>
{
    private MeldingView(scoped ref BodyReader body)
    {
        SentAt = body.Moment("sentAt");
        Category = body.Category("category");
        Location = body.Location("location");
        Text = body.Text("text", MessageLimits.Text);
        Victims = body.Count("victims");
    }

    public Moment? SentAt { get; }

    public byte Category { get; }

    public LocationView Location { get; }

    public TextView Text { get; }

    public int? Victims { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out MeldingView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Melding, body);
        view = new MeldingView(ref reader);
        return reader.Finish(out problem);
    }

    static MeldingView IBodyView<MeldingView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<MeldingView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Melding ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        SentAt = SentAt,
        Category = Category,
        Location = Location.ToRecord(),
        Text = Text.AsString(),
        Victims = Victims,
    };
}

/// <summary>A hulpvraag's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct HulpvraagView : IBodyView<HulpvraagView>
{
    private HulpvraagView(scoped ref BodyReader body)
    {
        SentAt = body.Moment("sentAt");
        Category = body.Category("category");
        Location = body.Location("location");
        Text = body.Text("text", MessageLimits.Text);
        People = body.Count("people");
    }

    public Moment? SentAt { get; }

    public byte Category { get; }

    public LocationView Location { get; }

    public TextView Text { get; }

    public int? People { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out HulpvraagView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Hulpvraag, body);
        view = new HulpvraagView(ref reader);
        return reader.Finish(out problem);
    }

    static HulpvraagView IBodyView<HulpvraagView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<HulpvraagView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Hulpvraag ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        SentAt = SentAt,
        Category = Category,
        Location = Location.ToRecord(),
        Text = Text.AsString(),
        People = People,
    };
}

/// <summary>A hulpaanbod's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct HulpaanbodView : IBodyView<HulpaanbodView>
{
    private HulpaanbodView(scoped ref BodyReader body)
    {
        SentAt = body.Moment("sentAt");
        Category = body.Category("category");
        Location = body.Location("location");
        Text = body.Text("text", MessageLimits.Text);
        Quantity = body.Count("quantity");
        AvailableHours = body.Count("availableHours");
    }

    public Moment? SentAt { get; }

    public byte Category { get; }

    public LocationView Location { get; }

    public TextView Text { get; }

    public int? Quantity { get; }

    public int? AvailableHours { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out HulpaanbodView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Hulpaanbod, body);
        view = new HulpaanbodView(ref reader);
        return reader.Finish(out problem);
    }

    static HulpaanbodView IBodyView<HulpaanbodView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<HulpaanbodView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Hulpaanbod ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        SentAt = SentAt,
        Category = Category,
        Location = Location.ToRecord(),
        Text = Text.AsString(),
        Quantity = Quantity,
        AvailableHours = AvailableHours,
    };
}

/// <summary>A bulletin's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct BulletinView : IBodyView<BulletinView>
{
    private BulletinView(scoped ref BodyReader body)
    {
        SentAt = body.Moment("sentAt");
        Number = body.Required("number", body.Number("number", 1, MessageLimits.Count));
        ValidHours = body.Required("validHours", body.Number("validHours", 1, MessageLimits.ValidHours));
        Text = body.Text("text", MessageLimits.BulletinText);
        Kind = (BulletinKind)(body.Number("kind", 0, (int)BulletinKind.Intrekking) ?? 0);
        Replaces = body.Number("replaces", 1, MessageLimits.Count);
        Grip = body.Number("grip", 0, MessageLimits.Grip);
    }

    public Moment? SentAt { get; }

    public int Number { get; }

    public int ValidHours { get; }

    public TextView Text { get; }

    public BulletinKind Kind { get; }

    public int? Replaces { get; }

    public int? Grip { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out BulletinView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Bulletin, body);
        view = new BulletinView(ref reader);
        return reader.Finish(out problem);
    }

    static BulletinView IBodyView<BulletinView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<BulletinView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Bulletin ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        SentAt = SentAt,
        Number = Number,
        ValidHours = ValidHours,
        Text = Text.AsString(),
        Kind = Kind,
        Replaces = Replaces,
        Grip = Grip,
    };
}

/// <summary>An amend's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct AmendView : IBodyView<AmendView>
{
    private AmendView(scoped ref BodyReader body)
    {
        SentAt = body.Moment("sentAt");
        ForSite = body.Required("forSite", body.Site("forSite"));
        ForSequence = body.Required("forSequence", body.Whole("forSequence"));
        if (ForSequence == 0) body.Refuse(MessageRules.NoSequence);
        Kind = (AmendKind)body.Required("kind", body.Number("kind", 0, (int)AmendKind.InBehandeling));
        Text = body.Text("text", MessageLimits.Text);
    }

    public Moment? SentAt { get; }

    public ushort ForSite { get; }

    public ulong ForSequence { get; }

    public AmendKind Kind { get; }

    public TextView Text { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out AmendView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Amend, body);
        view = new AmendView(ref reader);
        return reader.Finish(out problem);
    }

    static AmendView IBodyView<AmendView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<AmendView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Amend ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        SentAt = SentAt,
        ForSite = ForSite,
        ForSequence = ForSequence,
        Kind = Kind,
        Text = Text.AsString(),
    };
}
