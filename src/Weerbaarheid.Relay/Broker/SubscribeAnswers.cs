using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// SUBACKs of one connection. The server takes the filters of a SUBSCRIBE by falling QoS and answers in that order, and it knows no
/// shared subscriptions; here the codes come back to the order of the filters (MQTT-3.8.4-6), with those that it never saw.
/// </summary>
/// <param name="decide">The code for a filter that the server must not see; null when it may.</param>
internal sealed class SubscribeAnswers(Func<MqttTopicFilter, uint, MqttSubscribeReasonCode?> decide)
{
    /// <summary>SUBSCRIBEs without an answer; the server works on one at a time, so this is generous.</summary>
    private const int MaxOpen = 16;

    private sealed record Asked(MqttSubscribeReasonCode[] Codes, int[] Places);

    private readonly Dictionary<ushort, Asked> _asked = [];
    private readonly Lock _lock = new();

    /// <summary>Leaves in a SUBSCRIBE what the server is to answer.</summary>
    /// <returns>False when too many have no answer yet.</returns>
    public bool Ask(MqttSubscribePacket packet)
    {
        var filters = packet.TopicFilters;
        var codes = new MqttSubscribeReasonCode[filters.Count];
        var places = new List<int>();
        for (var i = 0; i < codes.Length; i++)
        {
            if (decide(filters[i], packet.SubscriptionIdentifier) is { } code) codes[i] = code;
            else places.Add(i);
        }

        // The server's own order, and stable like it, so that its codes come in the order of the places.
        var ordered = places.OrderByDescending(place => filters[place].QualityOfServiceLevel).ToArray();
        packet.TopicFilters = [.. ordered.Select(place => filters[place])];
        lock (_lock)
        {
            if (_asked.Count >= MaxOpen) return false;
            _asked[packet.PacketIdentifier] = new Asked(codes, ordered);
            return true;
        }
    }

    /// <summary>Completes the server's answer.</summary>
    public void Answer(MqttSubAckPacket packet)
    {
        Asked? asked;
        lock (_lock)
        {
            if (!_asked.Remove(packet.PacketIdentifier, out asked)) return;
        }

        for (var i = 0; i < asked.Places.Length; i++) asked.Codes[asked.Places[i]] = packet.ReasonCodes[i];
        packet.ReasonCodes = [.. asked.Codes];
    }
}
