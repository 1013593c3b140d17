using MQTTnet.Packets;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// User properties that know when their message came and how long it may wait (MQTT 5 §3.3.2.3.3). The server hands the same list
/// on with every delivery of the message and keeps it with a retained one, so the moment needs no table of its own.
/// </summary>
internal sealed class Dated : List<MqttUserProperty>
{
    private readonly long _came;
    private readonly uint _seconds;

    /// <param name="properties">The client's own.</param>
    /// <param name="seconds">Message expiry interval.</param>
    /// <param name="came">Timestamp of its arrival.</param>
    public Dated(IEnumerable<MqttUserProperty> properties, uint seconds, long came)
        : base(properties) => (_seconds, _came) = (seconds, came);

    /// <summary>Whole seconds that remain, at least 1; 0 when there are none.</summary>
    public uint Remaining(TimeProvider time)
    {
        var waited = time.GetElapsedTime(_came);
        return waited.TotalSeconds >= _seconds ? 0 : Math.Max(1, _seconds - (uint)waited.TotalSeconds);
    }
}
