namespace Weerbaarheid.Relay.Simulation;

/// <summary>Virtual time and what is going to happen in it, in order of time and then of planning.</summary>
internal sealed class SimulationClock
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Number)> _plan = new();
    private long _number;

    /// <summary>Time since the start of the simulation.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Plans something. What lies in the past happens now.</summary>
    public void Plan(TimeSpan at, Action action) => _plan.Enqueue(action, (at > Now ? at : Now, ++_number));

    /// <summary>Lets the next thing happen, unless it lies beyond the end.</summary>
    /// <returns>False when nothing is left before the end; the time is then the end.</returns>
    public bool Step(TimeSpan end)
    {
        if (!_plan.TryPeek(out var action, out var order) || order.At > end)
        {
            Now = end;
            return false;
        }

        _plan.Dequeue();
        Now = order.At;
        action();
        return true;
    }
}
