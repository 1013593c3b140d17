namespace Weerbaarheid.Relay.Links.Simulated;

/// <summary>Runs a <see cref="SimulatedMedium"/> in the time of a <see cref="TimeProvider"/>, for all links on it; safe for concurrent use.</summary>
internal sealed class SimulatedAir : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SimulatedMedium _medium;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Dictionary<ushort, SimulatedLink> _links = [];
    // Bounded by what the links' windows let through: at most 1 + 2 x receivers entries for each frame on the air or delayed.
    private readonly PriorityQueue<Due, (TimeSpan At, long Order)> _due = new();
    private long _order;

    internal SimulatedAir(SimulatedMediumOptions options, ulong seed, TimeProvider time)
    {
        (_medium, _time, _start) = (new SimulatedMedium(options, seed), time, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Deliver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal SimulatedMediumOptions Options => _medium.Options;

    /// <summary>Something that comes due: an arrival, or a frame of the sender that has left.</summary>
    private readonly record struct Due(Arrival? Arrival, SimulatedLink? Sender, long Number, long Life);

    /// <summary>Cuts the whole medium.</summary>
    internal void Cut()
    {
        lock (_lock)
        {
            _medium.Cut();
            foreach (var link in _links.Values)
                link.NoticeCut();
        }
    }

    /// <summary>Ends <see cref="Cut()"/>.</summary>
    internal void Restore()
    {
        lock (_lock)
        {
            _medium.Restore();
            foreach (var link in _links.Values)
                link.NoticeRestore();
        }
    }

    /// <summary>Two sites no longer hear each other; links do not notice.</summary>
    internal void Cut(ushort a, ushort b)
    {
        lock (_lock)
            _medium.Cut(a, b);
    }

    internal void Restore(ushort a, ushort b)
    {
        lock (_lock)
            _medium.Restore(a, b);
    }

    /// <returns>False when the site is on this medium already.</returns>
    internal bool Join(ushort site, SimulatedLink link)
    {
        lock (_lock)
        {
            if (!_links.TryAdd(site, link))
                return false;
            _medium.Attach(site);
            if (!_medium.IsCut || !Options.ReportsCuts)
                link.NoticeRestore();
            return true;
        }
    }

    internal void Leave(ushort site)
    {
        lock (_lock)
        {
            _links.Remove(site);
            _medium.Detach(site);
        }
    }

    internal void Send(ushort from, SimulatedLink sender, OutgoingFrame frame, long life)
    {
        lock (_lock)
        {
            var sent = _medium.Transmit(from, frame.To, frame.Bytes, _time.GetElapsedTime(_start));
            Enqueue(new Due(null, sender, frame.Number, life), sent.Done);
            foreach (var arrival in sent.Arrivals)
                Enqueue(new Due(arrival, null, 0, 0), arrival.At);
            Arm();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Enqueue(Due due, TimeSpan at) => _due.Enqueue(due, (at, _order++));

    private void Deliver()
    {
        lock (_lock)
        {
            var now = _time.GetElapsedTime(_start);
            while (_due.TryPeek(out var due, out var when) && when.At <= now)
            {
                _due.Dequeue();
                if (due.Arrival is { } arrival && _medium.Delivers(arrival))
                    _links[arrival.To].Hear(arrival.Bytes);
                due.Sender?.NoticeSent(due.Number, due.Life);
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (!_due.TryPeek(out _, out var next))
            return;
        var wait = next.At - _time.GetElapsedTime(_start);
        // A timer counts whole milliseconds; rounding up keeps it from firing just before the time.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }
}
