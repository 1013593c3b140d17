namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A status' body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct StatusView : IBodyView<StatusView>
{
    private readonly ushort _supplies;

    private StatusView(scoped ref BodyReader body)
    {
        State = (SiteState)body.Required("state", body.Number("state", 0, (int)SiteState.Ontruimd));
        Present = body.Count("present");
        Capacity = body.Count("capacity");
        Staff = body.Count("staff");
        PowerHours = body.Count("powerHours");
        _supplies = body.Supplies("supplies");
        Comms = body.Bits("comms");
        Needs = body.Bits("needs");
    }

    public SiteState State { get; }

    public int? Present { get; }

    public int? Capacity { get; }

    public int? Staff { get; }

    public int? PowerHours { get; }

    public Supplies Supplies => SuppliesCode.Unpack(_supplies);

    public uint Comms { get; }

    public uint Needs { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out StatusView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Status, body);
        view = new StatusView(ref reader);
        return reader.Finish(out problem);
    }

    static StatusView IBodyView<StatusView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<StatusView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Status ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        State = State,
        Present = Present,
        Capacity = Capacity,
        Staff = Staff,
        PowerHours = PowerHours,
        Supplies = Supplies,
        Comms = Comms,
        Needs = Needs,
    };
}

/// <summary>A heartbeat's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct HeartbeatView : IBodyView<HeartbeatView>
{
    private HeartbeatView(scoped ref BodyReader body)
    {
        LastRecord = body.Whole("lastRecord") ?? 0;
        Waiting = body.Number("waiting", 0, int.MaxValue) ?? 0;
        UptimeHours = body.Count("uptimeHours") ?? 0;
        Closed = ClosedList.Read(ref body);
        FirstWaiting = body.Whole("firstWaiting") ?? 0;
        Asks = body.Whole("asks") ?? 0;
        HeardOf = (ushort)(body.Count("heardOf") ?? 0);
        Heard = body.Whole("heard") ?? 0;
    }

    public ulong LastRecord { get; }

    public int Waiting { get; }

    public int UptimeHours { get; }

    public ClosedList Closed { get; }

    public ulong FirstWaiting { get; }

    /// <inheritdoc cref="Heartbeat.Asks"/>
    public ulong Asks { get; }

    /// <inheritdoc cref="Heartbeat.HeardOf"/>
    public ushort HeardOf { get; }

    /// <inheritdoc cref="Heartbeat.Heard"/>
    public ulong Heard { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out HeartbeatView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Heartbeat, body);
        view = new HeartbeatView(ref reader);
        return reader.Finish(out problem);
    }

    static HeartbeatView IBodyView<HeartbeatView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<HeartbeatView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Heartbeat ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        LastRecord = LastRecord,
        Waiting = Waiting,
        UptimeHours = UptimeHours,
        Closed = Closed.ToArray(),
        FirstWaiting = FirstWaiting,
        Asks = Asks,
        HeardOf = HeardOf,
        Heard = Heard,
    };
}

/// <summary>A receipt's body; see <see cref="MeldingView"/>. The site it is for stands in the header.</summary>
public readonly ref struct ReceiptView : IBodyView<ReceiptView>
{
    private ReceiptView(scoped ref BodyReader body)
    {
        UpTo = body.Whole("upTo") ?? 0;
        Bitmap = body.Binary("bitmap", MessageLimits.Bitmap);
        TakenUp = TakenUpList.Read(ref body);
        From = body.Whole("from") ?? 0;
        Check = body.Whole("check") ?? 0;
        Reused = ReusedList.Read(ref body);
    }

    public ulong UpTo { get; }

    public ReadOnlySpan<byte> Bitmap { get; }

    public TakenUpList TakenUp { get; }

    /// <summary>The record that the first bit of the bitmap stands for; 0 means UpTo + 2.</summary>
    public ulong From { get; }

    /// <inheritdoc cref="Receipt.Check"/>
    public ulong Check { get; }

    /// <summary>Numbers that were given to two records; nothing is confirmed of the second.</summary>
    public ReusedList Reused { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReceiptView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Receipt, body);
        view = new ReceiptView(ref reader);
        return reader.Finish(out problem);
    }

    static ReceiptView IBodyView<ReceiptView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<ReceiptView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Receipt ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        ForSite = head.Destination,
        UpTo = UpTo,
        Bitmap = Bitmap.ToArray(),
        TakenUp = TakenUp.ToArray(),
        From = From,
        Check = Check,
        Reused = Reused.ToArray(),
    };
}

/// <summary>A sitrap's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct SitrapView : IBodyView<SitrapView>
{
    private readonly FourCounts _counts;

    private SitrapView(scoped ref BodyReader body)
    {
        Number = body.Required("number", body.Number("number", 1, MessageLimits.Count));
        PeriodMinutes = body.Count("periodMinutes") ?? 0;
        Grip = body.Number("grip", 0, MessageLimits.Grip);
        _counts = FourCounts.Read(ref body);
        Rows = SitrapRowList.Read(ref body);
    }

    public int Number { get; }

    public int PeriodMinutes { get; }

    public int? Grip { get; }

    public SitrapRowList Rows { get; }

    /// <summary>Open records of a priority.</summary>
    /// <param name="priority">1 to 4.</param>
    public int Open(int priority) => _counts[priority - 1];

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out SitrapView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Sitrap, body);
        view = new SitrapView(ref reader);
        return reader.Finish(out problem);
    }

    static SitrapView IBodyView<SitrapView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<SitrapView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Sitrap ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        Number = Number,
        PeriodMinutes = PeriodMinutes,
        Grip = Grip,
        Counts = [_counts[0], _counts[1], _counts[2], _counts[3]],
        Rows = Rows.ToArray(),
    };
}
