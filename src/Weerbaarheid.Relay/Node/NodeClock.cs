using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>
/// Node time: how long the store has been in use, carried over restarts by the store itself. Time without power is not
/// counted, so an envelope never expires early. The wall clock is passed along for people.
/// </summary>
internal sealed class NodeClock
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _before;
    private readonly DateTimeOffset _newestKnown;

    /// <param name="time">The machine's clocks.</param>
    /// <param name="before">Node time at the last commit of the life before this one.</param>
    /// <param name="newestKnown">The newest wall-clock time in the store: a clock that lies before it was reset.</param>
    public NodeClock(TimeProvider time, TimeSpan before, DateTimeOffset newestKnown)
    {
        (_time, _before, _newestKnown) = (time, before, newestKnown);
        _started = time.GetTimestamp();
    }

    public Instant Now
    {
        get
        {
            var wall = _time.GetUtcNow();
            return new Instant(_before + _time.GetElapsedTime(_started), wall, wall >= Wire.Messages.Moment.Epoch && wall >= _newestKnown);
        }
    }
}
