using MQTTnet;
using MQTTnet.Server;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Whether anybody wants what is to be published. Finding that out here costs a tenth of letting the server find nobody, and most of
/// what a node tells about single messages is told to nobody.
/// </summary>
internal sealed class Audience
{
    /// <summary>Different filters beyond which it is taken for granted that one of them matches.</summary>
    private const int MostFilters = 64;

    private sealed record Known(int Version, string[] Filters);

    private volatile Known? _known;
    private int _version;

    /// <summary>What clients asked for has changed.</summary>
    public void Changed() => Interlocked.Increment(ref _version);

    /// <summary>Whether a publication on this topic would reach anybody; true when in doubt.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="clients">The clients with a session now, connected or away; looked at after a change only.</param>
    public bool Wants(string topic, IEnumerable<KeyValuePair<string, Subscriber>> clients)
    {
        var version = Volatile.Read(ref _version);
        if (_known is not { } known || known.Version != version)
            _known = known = new Known(version, [.. clients.SelectMany(one => one.Value.Filters).Distinct(StringComparer.Ordinal).Take(MostFilters + 1)]);
        if (known.Filters.Length > MostFilters) return true;
        foreach (var filter in known.Filters)
            if (MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch) return true;
        return false;
    }
}
