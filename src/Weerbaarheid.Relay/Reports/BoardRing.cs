using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>A step that a message came further.</summary>
/// <param name="State">Where it came.</param>
/// <param name="Wall">The wall clock then; for people only.</param>
internal readonly record struct BoardStep(MessageState State, DateTimeOffset Wall);

/// <summary>A message as it hangs on the board; never changed, but replaced by a newer picture of itself.</summary>
/// <param name="Place">Its place in the order of arrival, from 0.</param>
/// <param name="Envelope">Its envelope, with how far it has come.</param>
/// <param name="Message">What it says; null when this version cannot read it.</param>
/// <param name="Steps">The steps that were seen since the node started, oldest first.</param>
internal sealed record BoardEntry(long Place, StoredEnvelope Envelope, Message? Message, IReadOnlyList<BoardStep> Steps)
{
    /// <summary>The version of the board in which it became what it is; see <see cref="MessageBoard.Version"/>.</summary>
    public long Version { get; init; }
}

/// <summary>The newest records of a kind. One thread writes; any number read, without a lock.</summary>
internal sealed class BoardRing(int capacity)
{
    private readonly BoardEntry?[] _slots = new BoardEntry?[capacity];
    private readonly Dictionary<EnvelopeKey, long> _numbers = [];
    private long _count;

    /// <summary>Whether one more pushes the oldest out, or one already did.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= capacity;

    /// <summary>Adds the newest; the oldest goes when it is full.</summary>
    public void Add(BoardEntry entry)
    {
        Remove(entry.Envelope.Key);
        if (_slots[_count % capacity] is { } oldest) _numbers.Remove(oldest.Envelope.Key);
        _numbers[entry.Envelope.Key] = _count;
        Put(_count, entry);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Takes one away, if it is here.</summary>
    public void Remove(EnvelopeKey key)
    {
        if (_numbers.Remove(key, out var number)) Put(number, null);
    }

    /// <summary>Puts a newer picture of one in its place, if it is here.</summary>
    public void Change(EnvelopeKey key, Func<BoardEntry, BoardEntry> change)
    {
        if (_numbers.TryGetValue(key, out var number) && _slots[number % capacity] is { } entry) Put(number, change(entry));
    }

    /// <summary>Newest first. A slot that a newer record took meanwhile is passed over.</summary>
    public IEnumerable<BoardEntry> Read()
    {
        var (count, last) = (Volatile.Read(ref _count), long.MaxValue);
        for (var number = count - 1; number >= Math.Max(0, count - capacity); number--)
        {
            if (Volatile.Read(ref _slots[number % capacity]) is not { } entry || entry.Place >= last) continue;
            last = entry.Place;
            yield return entry;
        }
    }

    private void Put(long number, BoardEntry? entry) => Volatile.Write(ref _slots[number % capacity], entry);
}
