using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// What is owed to one neighbour in acknowledgements. On IP they leave with the batch. On a narrow link they wait for the end
/// of the burst that was announced, so that one answer serves all of it, and a receipt that says the same spares them.
/// </summary>
internal sealed class Answers
{
    /// <summary>Most names that wait: four bursts. Who sends more without waiting for an answer sends it again.</summary>
    private const int MostWaiting = 64;

    /// <summary>Names told lately; whoever repeats one missed the answer that told it, and perhaps others with it.</summary>
    private const int Remembered = 32;

    private readonly List<HopAcknowledgement> _waiting = [];
    private readonly Queue<HopAcknowledgement> _told = new();
    private readonly HashSet<ushort> _parts = [];

    /// <summary>When they are to leave; null when nothing waits.</summary>
    public TimeSpan? DueAt { get; private set; }

    public IReadOnlyCollection<HopAcknowledgement> Waiting => _waiting;

    /// <summary>Whether it answers something urgent, and may take the airtime that is kept for that.</summary>
    public bool IsUrgent { get; set; }

    /// <summary>Envelopes of which the neighbour is to be told the pieces that are here.</summary>
    public IReadOnlyCollection<ushort> Parts => _parts;

    public void Add(HopAcknowledgement name, TimeSpan dueAt, bool isNarrow)
    {
        if (isNarrow && _told.Contains(name))
            foreach (var told in _told) Wait(told, isNarrow);
        Wait(name, isNarrow);
        Owe(dueAt);
        if (!isNarrow || _told.Contains(name)) return;
        _told.Enqueue(name);
        if (_told.Count > Remembered) _told.Dequeue();
    }

    public void AddParts(ushort id, TimeSpan dueAt)
    {
        if (_parts.Count < MostWaiting) _parts.Add(id);
        Owe(dueAt);
    }

    /// <summary>The burst is over: what waits leaves now.</summary>
    public void Hurry(TimeSpan now)
    {
        if (DueAt > now) DueAt = now;
    }

    /// <summary>A receipt in the same frame says it.</summary>
    public void Drop(Func<HopAcknowledgement, bool> isSaid) => _waiting.RemoveAll(name => isSaid(name));

    public void Clear()
    {
        _waiting.Clear();
        _parts.Clear();
        (DueAt, IsUrgent) = (null, false);
    }

    private void Wait(HopAcknowledgement name, bool isNarrow)
    {
        if (!isNarrow || (_waiting.Count < MostWaiting && !_waiting.Contains(name))) _waiting.Add(name);
    }

    private void Owe(TimeSpan dueAt)
    {
        if (DueAt is null || dueAt < DueAt) DueAt = dueAt;
    }
}
