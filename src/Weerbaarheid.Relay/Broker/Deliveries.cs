using MQTTnet.Packets;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Deliveries with QoS 1 to one client, as long as its session lasts: which are on their way under which packet identifier, and which
/// wait because the client takes no more at once (MQTT 5 §4.9).
/// </summary>
/// <remarks>
/// The server gives a delivery a new packet identifier with every connection and never sets DUP; both must stay and be set
/// (MQTT-4.4.0-1, MQTT-3.3.1-1). The packets are the server's own objects, one for each session, so what is written into them here is
/// found again when the server queues them once more. An identifier is free when nothing on its way has it; the server looks for the
/// oldest packet with an identifier, and what is on its way is older than what waits.
/// </remarks>
internal sealed class Deliveries
{
    private readonly Dictionary<MqttPublishPacket, ushort> _identifiers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ushort, MqttPublishPacket> _packets = [];
    private readonly Queue<MqttPublishPacket> _held = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ushort> _onTheWay = [];
    private int _limit;
    private ushort _last;

    /// <summary>A new connection: what was on its way will be sent again, what waited will be queued again.</summary>
    /// <param name="limit">Most that may be on their way.</param>
    public void Begin(int limit)
    {
        lock (_lock)
        {
            _limit = limit;
            _onTheWay.Clear();
            _held.Clear();
        }
    }

    /// <summary>Gives a delivery its packet identifier, or holds it until there is room.</summary>
    /// <returns>True when it is to be sent now.</returns>
    public bool TryTake(MqttPublishPacket packet)
    {
        lock (_lock)
        {
            if (_onTheWay.Count >= _limit || _held.Count > 0)
            {
                _held.Enqueue(packet);
                return false;
            }

            Take(packet);
            return true;
        }
    }

    /// <summary>Whether any is held.</summary>
    public bool Waits
    {
        get { lock (_lock) return _held.Count > 0; }
    }

    /// <summary>The next that waited and may be sent now.</summary>
    public MqttPublishPacket? Next()
    {
        lock (_lock)
        {
            if (_onTheWay.Count >= _limit || !_held.TryDequeue(out var packet)) return null;
            Take(packet);
            return packet;
        }
    }

    /// <summary>The client has it, or never will.</summary>
    /// <returns>False when nothing is on its way under this identifier over this connection; the server must not hear of it, for it counts anew.</returns>
    public bool Acknowledge(ushort identifier)
    {
        lock (_lock)
        {
            if (!_onTheWay.Remove(identifier)) return false;
            if (_packets.Remove(identifier, out var packet)) _identifiers.Remove(packet);
            return true;
        }
    }

    private void Take(MqttPublishPacket packet)
    {
        if (!_identifiers.TryGetValue(packet, out var identifier))
        {
            identifier = Free();
            _identifiers[packet] = identifier;
            _packets[identifier] = packet;
        }

        packet.PacketIdentifier = identifier;
        _onTheWay.Add(identifier);
    }

    private ushort Free()
    {
        do _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
        while (_packets.ContainsKey(_last));
        return _last;
    }
}
