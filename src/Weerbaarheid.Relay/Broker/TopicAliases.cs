namespace Weerbaarheid.Relay.Broker;

/// <summary>Short numbers that one client gave to topics it publishes on (MQTT 5 §3.3.2.3.4). They end with the connection.</summary>
internal sealed class TopicAliases
{
    /// <summary>Aliases that a client may use; CONNACK says so. A node has few topics to publish on.</summary>
    public const ushort Maximum = 16;

    /// <summary>Most characters of a topic with an alias: a table must not be memory that a stranger fills. Every topic of this broker is shorter.</summary>
    public const int MaxTopic = 256;

    private readonly string?[] _topics = new string?[Maximum];

    /// <summary>Notes a topic under its alias, or finds the topic of an alias.</summary>
    /// <param name="alias">1 or more.</param>
    /// <param name="topic">The topic of the packet; empty stands for the one noted before.</param>
    /// <returns>The topic; null when the alias may not be used like this.</returns>
    public string? Resolve(ushort alias, string? topic)
    {
        if (alias is 0 or > Maximum || topic?.Length > MaxTopic) return null;
        return string.IsNullOrEmpty(topic) ? _topics[alias - 1] : _topics[alias - 1] = topic;
    }
}
