using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Weerbaarheid.Relay.Broker;

/// <summary>One client, as long as the server keeps a session for it: what it asked for, and how much it owes an acknowledgement for.</summary>
internal sealed class Subscriber(int maxUnreleased)
{
    private readonly Dictionary<string, uint> _identifiers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MqttQualityOfServiceLevel> _filters = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _unacknowledged;
    private int _limit;
    private long? _awaySince;
    private TaskCompletionSource? _drained;

    /// <summary>Deliveries of its session.</summary>
    public Deliveries Deliveries { get; } = new();

    /// <summary>Publications of its session that it has not released.</summary>
    public ExactlyOnce ExactlyOnce { get; } = new(maxUnreleased);

    /// <summary>How long its session is kept while it is away.</summary>
    public TimeSpan Life { get; set; }

    /// <summary>MQTT 5: it can say itself that it wants nothing back of its own.</summary>
    public bool CanSayNoLocal { get; set; }

    /// <summary>Timestamp of its departure; null while it is connected.</summary>
    public long? AwaySince
    {
        get { lock (_lock) return _awaySince; }
        set
        {
            lock (_lock)
            {
                _awaySince = value;
                // Nobody waits for one that left.
                if (value is not null) _drained?.TrySetResult();
            }
        }
    }

    /// <summary>Ends when it has acknowledged half of its limit, or left; at once when it was not full.</summary>
    public Task Drained
    {
        get { lock (_lock) return _awaySince is null && _drained is { } drained ? drained.Task : Task.CompletedTask; }
    }

    public bool Subscribe(string filter, MqttQualityOfServiceLevel quality, int limit)
    {
        lock (_lock)
        {
            if (_filters.Count >= limit && !_filters.ContainsKey(filter)) return false;
            _filters[filter] = quality;
            return true;
        }
    }

    /// <summary>What it asked for, as it stands now.</summary>
    public string[] Filters
    {
        get { lock (_lock) return [.. _filters.Keys]; }
    }

    public void Unsubscribe(string filter)
    {
        lock (_lock)
        {
            _filters.Remove(filter);
            _identifiers.Remove(filter);
        }
    }

    /// <summary>Notes the identifier of a subscription; 0 for none.</summary>
    public void Identify(string filter, uint identifier, int limit)
    {
        lock (_lock)
        {
            _identifiers.Remove(filter);
            if (identifier != 0 && _identifiers.Count < limit) _identifiers[filter] = identifier;
        }
    }

    /// <summary>The identifiers of the subscriptions that a topic concerns.</summary>
    public List<uint> IdentifiersOf(string topic)
    {
        lock (_lock)
        {
            return [.. _identifiers.Where(one => MqttTopicFilterComparer.Compare(topic, one.Key) == MqttTopicFilterCompareResult.IsMatch).Select(one => one.Value)];
        }
    }

    /// <summary>Counts a delivery, if it will have to be acknowledged.</summary>
    /// <param name="message">The delivery; null for one of a shared subscription, which was granted QoS 1.</param>
    /// <param name="limit">Most that may be unacknowledged.</param>
    /// <param name="isFull">It came to its limit by this one, and had drained since the last time.</param>
    /// <returns>False when too many are not acknowledged.</returns>
    public bool TryOwe(MqttApplicationMessage? message, int limit, out bool isFull)
    {
        lock (_lock)
        {
            isFull = false;
            if (message is not null && !MustAcknowledge(message)) return true; // QoS 0 waits in the server's own bounded queue only.
            if (_unacknowledged >= limit) return false;
            (_unacknowledged, _limit) = (_unacknowledged + 1, limit);
            if (_unacknowledged < limit || _drained is not null) return true;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            isFull = true;
            return true;
        }
    }

    public void Acknowledge()
    {
        lock (_lock)
        {
            _unacknowledged = Math.Max(0, _unacknowledged - 1);
            if (_unacknowledged > _limit / 2 || _drained is null) return;
            _drained.TrySetResult();
            _drained = null;
        }
    }

    private bool MustAcknowledge(MqttApplicationMessage message)
    {
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return false;
        foreach (var (filter, quality) in _filters)
        {
            if (quality == MqttQualityOfServiceLevel.AtMostOnce) continue;
            if (MqttTopicFilterComparer.Compare(message.Topic, filter) == MqttTopicFilterCompareResult.IsMatch) return true;
        }

        return false;
    }
}
