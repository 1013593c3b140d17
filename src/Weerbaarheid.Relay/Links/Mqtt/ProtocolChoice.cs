using MQTTnet.Formatter;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Which MQTT version the next attempt speaks.</summary>
/// <remarks>
/// A broker that knows only 3.1.1 may refuse version 5 in words, answer something unreadable, or just close, so every
/// one of these makes the next attempt use the other version. A broker that once accepted 5 is not doubted again:
/// then a closed connection is a bad line.
/// </remarks>
internal sealed class ProtocolChoice(string? configured)
{
    private bool _fiveWorked;

    internal MqttProtocolVersion Next { get; private set; } =
        configured == "3.1.1" ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;

    /// <summary>The broker took the connection.</summary>
    internal void Accepted() => _fiveWorked |= Next == MqttProtocolVersion.V500;

    /// <summary>The broker was reached and did not take the connection in a way that the version may explain.</summary>
    internal void Doubted()
    {
        if (configured is null && !_fiveWorked)
            Next = Next == MqttProtocolVersion.V500 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;
    }
}
