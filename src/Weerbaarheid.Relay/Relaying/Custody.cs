using System.Collections.Immutable;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>Where a held envelope is on its way to the next node.</summary>
internal enum Stage
{
    /// <summary>Waits for its turn.</summary>
    Ready,

    /// <summary>Sent to a neighbour that has not acknowledged it yet.</summary>
    InFlight,

    /// <summary>The next node has it; the meldkamer's receipt is awaited.</summary>
    Passed,
}

/// <summary>An envelope that this node owes to somebody.</summary>
internal sealed class Held
{
    public required EnvelopeKey Key { get; init; }

    public required EnvelopeHeader Header { get; init; }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public required TimeSpan BornAt { get; init; }

    /// <summary>Place in the order of custody on this node.</summary>
    public required long Order { get; init; }

    /// <summary>The neighbour it came from; 0 when it was made here. Never sent back there.</summary>
    public ushort CameFrom { get; init; }

    public string? ClientRef { get; init; }

    public MessageState State { get; set; }

    public Stage Stage { get; set; }

    /// <summary>The neighbour it is on its way to.</summary>
    public Neighbour? Hop { get; set; }

    /// <summary>Which transmission of this node it left in last; grows, so that what left earlier and is not acknowledged is lost.</summary>
    public long SentNumber { get; set; }

    /// <summary>When it left last.</summary>
    public TimeSpan SentAt { get; set; }

    /// <summary>When it left first for the neighbour it is on its way to, of the attempts that failed since.</summary>
    public TimeSpan FirstSentAt { get; set; }

    /// <summary>Bytes of the frame it left in.</summary>
    public int SentIn { get; set; }

    /// <summary>How it goes in pieces to neighbours whose frames it does not fit in.</summary>
    public Dictionary<Neighbour, FragmentPlan>? Plans { get; set; }

    /// <summary>What it says, when it is a receipt that was written here.</summary>
    public Receipt? Confirms { get; init; }

    /// <summary>The neighbour that has it; 0 when none said so since it left last.</summary>
    public ushort PassedTo { get; set; }

    /// <summary>When to send it again.</summary>
    public TimeSpan RetryAt { get; set; }

    /// <summary>How often the stage it is in has failed before.</summary>
    public int Attempts { get; set; }

    /// <summary>How often the meldkamer's receipt was waited for.</summary>
    public int ReceiptWaits { get; set; }

    /// <summary>Neighbours that have it, for what goes everywhere.</summary>
    public HashSet<ushort>? HasIt { get; init; }

    /// <summary>A status that found no company, and goes by itself.</summary>
    public bool GoesAlone { get; set; }

    /// <summary>How often it was offered, for what goes everywhere.</summary>
    public int Offers { get; set; }

    /// <summary>When to offer it to a neighbour again, for what goes everywhere.</summary>
    public Dictionary<ushort, TimeSpan>? OfferAt { get; init; }

    /// <summary>Another that hop acknowledgements call the same: their low bits are equal in two lives of the origin's counter.</summary>
    public Held? Namesake { get; set; }

    /// <summary>Age at which it no longer helps anybody.</summary>
    public required TimeSpan Lifetime { get; init; }

    public TimeSpan ExpiresAt => BornAt + Lifetime;

    /// <summary>The name that hop acknowledgements use.</summary>
    public HopAcknowledgement HopName => new(Key.Origin, Key.Series, Header.SequenceLow);
}

/// <summary>
/// All envelopes this node holds, in the order in which they must go: strict priority, then order of custody. Three
/// sorted sets (ready, waiting for a retry, by expiry) make every step logarithmic.
/// </summary>
internal sealed class Custody(RelayRules rules)
{
    /// <summary>Less urgent than any priority.</summary>
    public const int Nothing = 5;

    private static readonly Comparer<Held> ByTurn = Comparer<Held>.Create((a, b) =>
        a.Header.Priority != b.Header.Priority ? a.Header.Priority.CompareTo(b.Header.Priority) : a.Order.CompareTo(b.Order));

    private static readonly Comparer<Held> ByRetry = Comparer<Held>.Create((a, b) =>
        a.RetryAt != b.RetryAt ? a.RetryAt.CompareTo(b.RetryAt) : a.Order.CompareTo(b.Order));

    private static readonly Comparer<Held> ByExpiry = Comparer<Held>.Create((a, b) =>
        a.ExpiresAt != b.ExpiresAt ? a.ExpiresAt.CompareTo(b.ExpiresAt) : a.Order.CompareTo(b.Order));

    private readonly Dictionary<EnvelopeKey, Held> _held = [];
    private readonly Dictionary<HopAcknowledgement, Held> _byHopName = [];
    private readonly Dictionary<(ushort Origin, MessageType Type, ushort Destination, Exercise Exercise), Held> _newestState = [];
    private readonly SortedSet<Held> _readyUp = new(ByTurn);
    private readonly SortedSet<Held> _readyDown = new(ByTurn);
    private readonly SortedSet<Held> _everywhere = new(ByTurn);
    private readonly SortedSet<Held> _retries = new(ByRetry);
    private readonly SortedSet<Held> _expiries = new(ByExpiry);
    private ImmutableArray<Held> _everywhereInTurn;
    private readonly int[] _byPriority = new int[5];
    private long _lastOrder;

    public int Count => _held.Count;

    public long Bytes { get; private set; }

    public IReadOnlyCollection<Held> All => _held.Values;

    /// <summary>Upward envelopes whose turn it is, first one first.</summary>
    public IReadOnlySet<Held> ReadyUp => _readyUp;

    /// <summary>The priority of the first one of them; <see cref="Nothing"/> when there is none.</summary>
    public int MostUrgentUp => _readyUp.Count > 0 ? _readyUp.Min!.Header.Priority : Nothing;

    /// <summary>Receipts on their way down whose turn it is.</summary>
    public IReadOnlySet<Held> ReadyDown => _readyDown;

    /// <summary>Bulletins; each is offered to every neighbour.</summary>
    public ImmutableArray<Held> Everywhere => _everywhereInTurn.IsDefault ? _everywhereInTurn = [.. _everywhere] : _everywhereInTurn;

    public TimeSpan NextRetry => _retries.Min?.RetryAt ?? TimeSpan.MaxValue;

    public TimeSpan NextExpiry => _expiries.Min?.ExpiresAt ?? TimeSpan.MaxValue;

    /// <summary>Envelopes held of a priority.</summary>
    public int CountOf(int priority) => _byPriority[priority];

    public long NextOrder() => ++_lastOrder;

    /// <summary>
    /// Before all records of its priority: of a heartbeat and a receipt there is one for each site, and a queue of thousands waits for what they say.
    /// </summary>
    public long NextOrderAhead() => ++_lastOrder - (1L << 40);

    public Held? Find(EnvelopeKey key) => _held.GetValueOrDefault(key);

    /// <summary>The envelope that a neighbour's acknowledgement means: of several with this name, one that is on its way.</summary>
    public Held? Find(HopAcknowledgement name)
    {
        var first = _byHopName.GetValueOrDefault(name);
        for (var held = first; held is not null; held = held.Namesake)
            if (held.Stage == Stage.InFlight) return held;
        return first;
    }

    /// <summary>The newest state of a kind that is held, if any.</summary>
    public Held? FindState(in EnvelopeHeader header) => _newestState.GetValueOrDefault((header.Origin, header.Type, header.Destination, header.Exercise));

    /// <summary>Whether an envelope of this size and priority still fits.</summary>
    public bool HasRoomFor(int priority, int bytes) =>
        Count < rules.MaxHeld * RelayRules.ShareOf(priority) && Bytes + bytes <= rules.MaxHeldBytes * RelayRules.ShareOf(priority);

    public void Add(Held held)
    {
        // After a change of keys an envelope that was held unread may come in again and be opened.
        if (_held.GetValueOrDefault(held.Key) is { } earlier) Remove(earlier);
        _held.Add(held.Key, held);
        held.Namesake = _byHopName.GetValueOrDefault(held.HopName);
        _byHopName[held.HopName] = held;
        Bytes += held.Bytes.Length;
        _byPriority[held.Header.Priority]++;
        _expiries.Add(held);
        var state = (held.Header.Origin, held.Header.Type, held.Header.Destination, held.Header.Exercise);
        if (held.Header.Series == Series.States && !(_newestState.GetValueOrDefault(state)?.Key.Sequence > held.Key.Sequence)) _newestState[state] = held;
        if (held.Stage == Stage.Ready) Ready(held).Add(held);
        else _retries.Add(held);
    }

    public void Remove(Held held)
    {
        if (!_held.Remove(held.Key)) return;
        ForgetName(held);
        Bytes -= held.Bytes.Length;
        _byPriority[held.Header.Priority]--;
        _expiries.Remove(held);
        Ready(held).Remove(held);
        LeaveHop(held);
        _retries.Remove(held);
        var state = (held.Header.Origin, held.Header.Type, held.Header.Destination, held.Header.Exercise);
        if (_newestState.GetValueOrDefault(state) == held) _newestState.Remove(state);
    }

    /// <summary>It was put into a frame for a neighbour.</summary>
    public void Sent(Held held, Neighbour to, TimeSpan retryAt)
    {
        Ready(held).Remove(held);
        Move(held, Stage.InFlight, retryAt);
        (held.Hop, held.PassedTo) = (to, 0);
        to.Flying.Add(held);
    }

    /// <summary>All that is on its way to a neighbour waits at least until then: the burst that it belongs to goes on.</summary>
    public void Extend(Neighbour to, TimeSpan retryAt)
    {
        foreach (var held in to.Flying)
            if (held.RetryAt < retryAt) Move(held, Stage.InFlight, retryAt);
    }

    /// <summary>The neighbour has it; wait for the receipt.</summary>
    public void Passed(Held held, ushort to, TimeSpan retryAt)
    {
        held.PassedTo = to;
        Ready(held).Remove(held);
        if (held.Stage != Stage.Passed) held.Attempts = 0;
        LeaveHop(held);
        Move(held, Stage.Passed, retryAt);
    }

    /// <summary>It must be sent again, in its old place in the order.</summary>
    public void MakeReady(Held held)
    {
        LeaveHop(held);
        _retries.Remove(held);
        held.Stage = Stage.Ready;
        Ready(held).Add(held);
    }

    /// <summary>The next envelope whose retry time has come.</summary>
    public Held? NextDueRetry(TimeSpan now) => _retries.Min is { } held && held.RetryAt <= now ? held : null;

    /// <summary>The next envelope that is too old.</summary>
    public Held? NextExpired(TimeSpan now) => _expiries.Min is { } held && held.ExpiresAt <= now ? held : null;

    /// <summary>Makes ready all that is on its way to neighbours on a link, or to one of them.</summary>
    public void Recall(Func<Neighbour, bool> isGone)
    {
        foreach (var held in _retries.Where(held => held.Stage == Stage.InFlight && held.Hop is { } hop && isGone(hop)).ToList()) MakeReady(held);
    }

    /// <summary>Makes ready priority 1 that is on its way up by another neighbour than this one; it starts anew there.</summary>
    public void RecallUrgent(Neighbour up)
    {
        foreach (var held in _retries.Where(held => held is { Stage: Stage.InFlight, Header.Priority: 1 } && held.Hop != up && RelayRules.CourseOf(held.Header.Type) == Course.Up).ToList())
        {
            MakeReady(held);
            held.Attempts = 0;
        }
    }

    /// <summary>Makes ready what lies at another neighbour than this one without a receipt.</summary>
    public void RecallPassed(ushort exceptTo)
    {
        foreach (var held in _retries.Where(held => held.Stage == Stage.Passed && held.PassedTo != exceptTo).ToList()) MakeReady(held);
    }

    /// <summary>Makes ready what lies at some neighbours without a receipt.</summary>
    public void RecallPassed(Func<ushort, bool> isGone)
    {
        foreach (var held in _retries.Where(held => held.Stage == Stage.Passed && isGone(held.PassedTo)).ToList()) MakeReady(held);
    }

    private void ForgetName(Held held)
    {
        var first = _byHopName.GetValueOrDefault(held.HopName);
        if (first != held)
        {
            while (first?.Namesake is { } next && next != held) first = next;
            if (first is not null) first.Namesake = held.Namesake;
        }
        else if (held.Namesake is { } other) _byHopName[held.HopName] = other;
        else _byHopName.Remove(held.HopName);
    }

    private SortedSet<Held> Ready(Held held)
    {
        switch (RelayRules.CourseOf(held.Header.Type))
        {
            case Course.Down: return _readyDown;
            case Course.Everywhere:
                // Whoever asks for it changes it.
                _everywhereInTurn = default;
                return _everywhere;
            default: return _readyUp;
        }
    }

    private void Move(Held held, Stage stage, TimeSpan retryAt)
    {
        _retries.Remove(held);
        held.Stage = stage;
        held.RetryAt = retryAt;
        _retries.Add(held);
    }

    private static void LeaveHop(Held held)
    {
        held.Hop?.Flying.Remove(held);
        held.Hop = null;
    }
}
