using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What connects one site to a medium: what waits in it, how it fails, and how long it was busy.</summary>
/// <param name="node">Whose it is.</param>
/// <param name="index">Place of the link at its node.</param>
internal sealed class SimulatedModem(SimulatedNode node, int index)
{
    private readonly List<Transmission> _waiting = [];
    private TimeSpan _attachedAt;

    public SimulatedNode Node { get; } = node;

    public int Index { get; } = index;

    /// <summary>How it fails now; null when it works.</summary>
    public ModemFault? Fault { get; set; }

    /// <summary>Which fault that is, so that the end of an earlier one is recognised.</summary>
    public int Faults { get; set; }

    /// <summary>Grows when what waits in it is lost.</summary>
    public int Life { get; private set; }

    public bool IsAttached { get; private set; }

    /// <summary>Whether it starts anew just now.</summary>
    public bool IsStarting { get; set; }

    /// <summary>Whether the node knows that it is gone.</summary>
    public bool IsDown => Fault == ModemFault.Down || IsStarting;

    public bool Hears => IsAttached && !IsDown && Fault is not (ModemFault.Silent or ModemFault.Deaf);

    public long Frames { get; set; }

    public long Bytes { get; set; }

    /// <summary>Time on the air.</summary>
    public TimeSpan Sending { get; private set; }

    /// <summary>Time in which it heard frames.</summary>
    public TimeSpan Receiving { get; set; }

    /// <summary>Time that it had power, until the last time it lost it.</summary>
    public TimeSpan On { get; private set; }

    public TimeSpan OnUntil(TimeSpan now) => On + (IsAttached ? now - _attachedAt : TimeSpan.Zero);

    public void Attach(TimeSpan now) => (IsAttached, _attachedAt) = (true, now);

    public void Detach(TimeSpan now) => (On, IsAttached) = (OnUntil(now), false);

    /// <summary>A frame waits for its turn.</summary>
    public void Begin(Transmission transmission) => _waiting.Add(transmission);

    /// <summary>A frame was transmitted whole.</summary>
    public void End(Transmission transmission)
    {
        _waiting.Remove(transmission);
        Sending += transmission.Done - transmission.Begun;
    }

    /// <summary>It stops at once, and forgets what waits.</summary>
    /// <returns>The frame that was on the air, as far as it came; null when none was.</returns>
    public (TimeSpan Begun, TimeSpan Done)? Stop(TimeSpan now)
    {
        Life++;
        var broken = _waiting.FirstOrDefault(one => one.Begun < now);
        _waiting.Clear();
        if (broken is null) return null;
        Sending += now - broken.Begun;
        return (broken.Begun, now);
    }
}
