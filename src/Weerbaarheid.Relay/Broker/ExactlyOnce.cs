namespace Weerbaarheid.Relay.Broker;

/// <summary>QoS 2 publications that the client has not released: a second PUBLISH with such an identifier is the same one (MQTT §4.3.3).</summary>
internal sealed class ExactlyOnce(int limit)
{
    private readonly Dictionary<ushort, HandedIn> _unreleased = [];
    private readonly Lock _lock = new();

    public bool IsFull
    {
        get
        {
            lock (_lock) return _unreleased.Count >= limit;
        }
    }

    public bool TryGet(ushort identifier, out HandedIn handedIn)
    {
        lock (_lock) return _unreleased.TryGetValue(identifier, out handedIn);
    }

    public void Add(ushort identifier, HandedIn handedIn)
    {
        lock (_lock) _unreleased[identifier] = handedIn;
    }

    public void Release(ushort identifier)
    {
        lock (_lock) _unreleased.Remove(identifier);
    }
}
