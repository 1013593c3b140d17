using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Weerbaarheid.Relay.Broker;

/// <summary>One client's part in a shared subscription.</summary>
internal sealed record Member(string ClientId, MqttQualityOfServiceLevel Quality, bool RetainAsPublished, uint Identifier);

/// <summary>
/// Shared subscriptions, <c>$share/{name}/{filter}</c>: each message goes to one member of each group in turn (MQTT 5 §4.8.2). The
/// server behind this broker has none.
/// </summary>
internal sealed class SharedGroups
{
    private sealed record Group(string Filter, List<Member> Members)
    {
        public int Next { get; set; }
    }

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private volatile int _count;

    /// <summary>Nobody shares anything, as on most nodes.</summary>
    public bool IsEmpty => _count == 0;

    /// <param name="shared">The whole filter, with <c>$share</c>.</param>
    /// <param name="filter">Its filter alone.</param>
    /// <param name="member">Who joins; its part before, if any, is replaced.</param>
    public void Join(string shared, string filter, Member member)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(shared, out var group)) _groups[shared] = group = new Group(filter, []);
            group.Members.RemoveAll(one => one.ClientId == member.ClientId);
            group.Members.Add(member);
            _count = _groups.Count;
        }
    }

    /// <returns>False when it was no member.</returns>
    public bool Leave(string shared, string clientId)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(shared, out var group)) return false;
            var left = group.Members.RemoveAll(one => one.ClientId == clientId) > 0;
            if (group.Members.Count == 0) _groups.Remove(shared);
            _count = _groups.Count;
            return left;
        }
    }

    /// <summary>The session of a client ended.</summary>
    public void Forget(string clientId)
    {
        if (IsEmpty) return;
        lock (_lock)
        {
            foreach (var shared in _groups.Where(one => one.Value.Members.Exists(member => member.ClientId == clientId)).Select(one => one.Key).ToList()) Leave(shared, clientId);
        }
    }

    /// <summary>For each group that a topic concerns, its members in the order in which they are to be asked.</summary>
    public IReadOnlyList<IReadOnlyList<Member>> Turns(string topic)
    {
        var turns = new List<IReadOnlyList<Member>>();
        lock (_lock)
        {
            foreach (var group in _groups.Values)
            {
                if (MqttTopicFilterComparer.Compare(topic, group.Filter) != MqttTopicFilterCompareResult.IsMatch) continue;
                var first = group.Next++ % group.Members.Count;
                turns.Add(group.Members.Skip(first).Concat(group.Members.Take(first)).ToList());
            }
        }

        return turns;
    }
}
