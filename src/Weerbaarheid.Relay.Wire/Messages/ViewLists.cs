using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>The closed numbers of a heartbeat, read one by one from bytes that were checked; for <c>foreach</c>.</summary>
public ref struct ClosedList
{
    private BodyReader _rest;
    private int _left;

    /// <summary>How many there are.</summary>
    public int Count { get; private init; }

    /// <summary>The one that <see cref="MoveNext"/> stepped to.</summary>
    public ClosedNumber Current { get; private set; }

    /// <summary>From the first on.</summary>
    public readonly ClosedList GetEnumerator() => this;

    /// <summary>Steps to the next one.</summary>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        Current = ReadOne(ref _rest);
        return true;
    }

    internal readonly ClosedNumber[] ToArray()
    {
        var array = Count == 0 ? [] : new ClosedNumber[Count];
        var next = 0;
        foreach (var closed in this) array[next++] = closed;
        return array;
    }

    internal static ClosedList Read(scoped ref BodyReader body)
    {
        var elements = body.Enter("closed", MessageLimits.Closed * 2, out var outer);
        for (var i = 0; i < elements / 2; i++) ReadOne(ref body);
        return elements == 0 ? default : new ClosedList { Count = elements / 2, _left = elements / 2, _rest = body.Leave(outer) };
    }

    private static ClosedNumber ReadOne(scoped ref BodyReader body) => new(
        body.Required("sequence in closed", body.Whole("sequence in closed")),
        (ClosedReason)body.Required("reason in closed", body.Number("the reason in closed", 0, (int)ClosedReason.Afgewezen)));
}

/// <summary>A record that was taken up, with the desk's reference if there is one.</summary>
public readonly ref struct TakenUpView
{
    internal TakenUpView(scoped ref BodyReader body)
    {
        Sequence = body.Required("sequence in takenUp", body.Whole("sequence in takenUp"));
        Reference = body.Text("reference in takenUp", MessageLimits.Reference);
    }

    public ulong Sequence { get; }

    public TextView Reference { get; }
}

/// <summary>The records taken up that a receipt names, read one by one from bytes that were checked; for <c>foreach</c>.</summary>
public ref struct TakenUpList
{
    private BodyReader _rest;
    private int _left;

    /// <inheritdoc cref="ClosedList.Count"/>
    public int Count { get; private init; }

    /// <inheritdoc cref="ClosedList.Current"/>
    public TakenUpView Current { get; private set; }

    /// <inheritdoc cref="ClosedList.GetEnumerator"/>
    public readonly TakenUpList GetEnumerator() => this;

    /// <inheritdoc cref="ClosedList.MoveNext"/>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        Current = new TakenUpView(ref _rest);
        return true;
    }

    internal readonly TakenUp[] ToArray()
    {
        var array = Count == 0 ? [] : new TakenUp[Count];
        var next = 0;
        foreach (var taken in this) array[next++] = new TakenUp(taken.Sequence, taken.Reference.AsString());
        return array;
    }

    internal static TakenUpList Read(scoped ref BodyReader body)
    {
        var elements = body.Enter("takenUp", MessageLimits.TakenUp * 2, out var outer);
        for (var i = 0; i < elements / 2; i++) _ = new TakenUpView(ref body);
        return elements == 0 ? default : new TakenUpList { Count = elements / 2, _left = elements / 2, _rest = body.Leave(outer) };
    }
}

/// <summary>The numbers that a receipt says were used twice, read one by one from bytes that were checked; for <c>foreach</c>.</summary>
public ref struct ReusedList
{
    private BodyReader _rest;
    private int _left;

    /// <inheritdoc cref="ClosedList.Count"/>
    public int Count { get; private init; }

    /// <inheritdoc cref="ClosedList.Current"/>
    public ulong Current { get; private set; }

    /// <inheritdoc cref="ClosedList.GetEnumerator"/>
    public readonly ReusedList GetEnumerator() => this;

    /// <inheritdoc cref="ClosedList.MoveNext"/>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        Current = ReadOne(ref _rest);
        return true;
    }

    internal readonly ulong[] ToArray()
    {
        var array = Count == 0 ? [] : new ulong[Count];
        var next = 0;
        foreach (var sequence in this) array[next++] = sequence;
        return array;
    }

    internal static ReusedList Read(scoped ref BodyReader body)
    {
        var elements = body.Enter("reused", MessageLimits.Reused, out var outer);
        for (var i = 0; i < elements; i++) ReadOne(ref body);
        return elements == 0 ? default : new ReusedList { Count = elements, _left = elements, _rest = body.Leave(outer) };
    }

    private static ulong ReadOne(scoped ref BodyReader body) => body.Required("sequence in reused", body.Whole("sequence in reused"));
}

/// <summary>One site in a sitrap; see <see cref="SitrapRow"/>.</summary>
public readonly struct SitrapRowView
{
    private readonly ushort _supplies;

    internal SitrapRowView(scoped ref BodyReader body)
    {
        int? fields = body.Enter("row", 15, out var outer);
        body.Required("row", fields > 0 ? fields : null);
        Site = body.Required("site", body.Site("site"));
        State = (SiteState)body.Required("state", body.Number("state", 0, (int)SiteState.Ontruimd));
        Present = body.Count("present");
        PowerHours = body.Count("powerHours");
        _supplies = body.Supplies("supplies");
        Open = body.Count("open") ?? 0;
        body.Leave(outer);
    }

    public ushort Site { get; }

    public SiteState State { get; }

    public int? Present { get; }

    public int? PowerHours { get; }

    public Supplies Supplies => SuppliesCode.Unpack(_supplies);

    /// <summary>Records that are open.</summary>
    public int Open { get; }
}

/// <summary>The sites of a sitrap, read one by one from bytes that were checked; for <c>foreach</c>.</summary>
public ref struct SitrapRowList
{
    private BodyReader _rest;
    private int _left;

    /// <inheritdoc cref="ClosedList.Count"/>
    public int Count { get; private init; }

    /// <inheritdoc cref="ClosedList.Current"/>
    public SitrapRowView Current { get; private set; }

    /// <inheritdoc cref="ClosedList.GetEnumerator"/>
    public readonly SitrapRowList GetEnumerator() => this;

    /// <inheritdoc cref="ClosedList.MoveNext"/>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        Current = new SitrapRowView(ref _rest);
        return true;
    }

    internal readonly SitrapRow[] ToArray()
    {
        var array = Count == 0 ? [] : new SitrapRow[Count];
        var next = 0;
        foreach (var row in this) array[next++] = new SitrapRow(row.Site, row.State, row.Present, row.PowerHours, row.Supplies, row.Open);
        return array;
    }

    internal static SitrapRowList Read(scoped ref BodyReader body)
    {
        var rows = body.Enter("rows", MessageLimits.SitrapRows, out var outer);
        for (var i = 0; i < rows; i++) _ = new SitrapRowView(ref body);
        return rows == 0 ? default : new SitrapRowList { Count = rows, _left = rows, _rest = body.Leave(outer) };
    }
}

/// <summary>Open records by priority.</summary>
[InlineArray(Length)]
internal struct FourCounts
{
    public const int Length = 4;

    private int _first;

    public static FourCounts Read(scoped ref BodyReader body)
    {
        var counts = default(FourCounts);
        if (body.Enter("counts", 15, out var outer) == 0) return counts;
        for (var i = 0; i < Length; i++) counts[i] = body.Count("counts") ?? 0;
        body.Leave(outer);
        return counts;
    }
}
