namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A revocation's body; see <see cref="MeldingView"/>.</summary>
public readonly ref struct RevocationView : IBodyView<RevocationView>
{
    private RevocationView(scoped ref BodyReader body)
    {
        Serial = body.Required("serial", body.Number("serial", 1, int.MaxValue));
        Epoch = body.Required("epoch", body.Number("epoch", 0, MessageLimits.Epoch));
        OldestEpoch = body.Number("oldestEpoch", 0, Epoch) ?? 0;
        Revoked = SiteList.Read(ref body);
    }

    public int Serial { get; }

    public int Epoch { get; }

    public int OldestEpoch { get; }

    public SiteList Revoked { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RevocationView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Revocation, body);
        view = new RevocationView(ref reader);
        return reader.Finish(out problem);
    }

    static RevocationView IBodyView<RevocationView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<RevocationView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Revocation ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        Serial = Serial,
        Epoch = Epoch,
        OldestEpoch = OldestEpoch,
        Revoked = Revoked.ToArray(),
    };
}

/// <summary>A rekey's body; see <see cref="MeldingView"/>. The site it is for stands in the header.</summary>
public readonly ref struct RekeyView : IBodyView<RekeyView>
{
    private RekeyView(scoped ref BodyReader body)
    {
        Epoch = body.Required("epoch", body.Number("epoch", 0, MessageLimits.Epoch));
        SiteKey = body.Key("siteKey");
        NetworkKey = body.Key("networkKey");
    }

    public int Epoch { get; }

    public ReadOnlySpan<byte> SiteKey { get; }

    public ReadOnlySpan<byte> NetworkKey { get; }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RekeyView view, out string problem)
    {
        var reader = new BodyReader(MessageType.Rekey, body);
        view = new RekeyView(ref reader);
        return reader.Finish(out problem);
    }

    static RekeyView IBodyView<RekeyView>.Read(scoped ref BodyReader body) => new(ref body);

    Message IBodyView<RekeyView>.ToRecord(in MessageHead head) => ToRecord(head);

    /// <inheritdoc cref="IBodyView{TView}.ToRecord"/>
    public Rekey ToRecord(in MessageHead head) => new()
    {
        Priority = head.Priority,
        Exercise = head.Exercise,
        ForSite = head.Destination,
        Epoch = Epoch,
        SiteKey = SiteKey.ToArray(),
        NetworkKey = NetworkKey.ToArray(),
    };
}

/// <summary>The sites that a revocation names, read one by one from bytes that were checked; for <c>foreach</c>.</summary>
public ref struct SiteList
{
    private BodyReader _rest;
    private int _left;

    /// <inheritdoc cref="ClosedList.Count"/>
    public int Count { get; private init; }

    /// <inheritdoc cref="ClosedList.Current"/>
    public ushort Current { get; private set; }

    /// <inheritdoc cref="ClosedList.GetEnumerator"/>
    public readonly SiteList GetEnumerator() => this;

    /// <inheritdoc cref="ClosedList.MoveNext"/>
    public bool MoveNext()
    {
        if (_left == 0) return false;
        _left--;
        Current = ReadOne(ref _rest);
        return true;
    }

    internal readonly ushort[] ToArray()
    {
        var array = Count == 0 ? [] : new ushort[Count];
        var next = 0;
        foreach (var site in this) array[next++] = site;
        return array;
    }

    internal static SiteList Read(scoped ref BodyReader body)
    {
        var sites = body.Enter("revoked", MessageLimits.Revoked, out var outer);
        for (var i = 0; i < sites; i++) ReadOne(ref body);
        return sites == 0 ? default : new SiteList { Count = sites, _left = sites, _rest = body.Leave(outer) };
    }

    private static ushort ReadOne(scoped ref BodyReader body) => body.Required("site in revoked", body.Site("site in revoked"));
}
