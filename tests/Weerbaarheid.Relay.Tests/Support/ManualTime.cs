namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>Time that passes only when a test says so; timers fire inside <see cref="Advance"/>, in order.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now;
    private int _made;

    /// <summary>Timers made so far: who waits for time has made one more.</summary>
    internal int Made
    {
        get
        {
            lock (_lock) return _made;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal TimeSpan Now
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        lock (_lock) _timers.Add(timer);
        timer.Change(dueTime, period);
        lock (_lock) _made++;
        return timer;
    }

    internal void Advance(TimeSpan by)
    {
        var until = Now + by;
        while (NextDue(until) is { } timer)
            timer.Fire();
        lock (_lock)
            _now = until;
    }

    private ManualTimer? NextDue(TimeSpan until)
    {
        lock (_lock)
        {
            var timer = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
            if (timer is null)
                return null;
            _now = timer.Due!.Value > _now ? timer.Due.Value : _now;
            timer.Due = timer.Period is { } period ? _now + period : null;
            return timer;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        internal TimeSpan? Due { get; set; }

        internal TimeSpan? Period { get; private set; }

        internal void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Due = dueTime < TimeSpan.Zero ? null : time._now + dueTime;
                Period = period <= TimeSpan.Zero ? null : period;
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
