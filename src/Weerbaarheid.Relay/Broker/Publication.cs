using System.Buffers;
using MQTTnet.Packets;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What a client published, whichever packet it came in.</summary>
/// <param name="ClientId">Who.</param>
/// <param name="Topic">Where.</param>
/// <param name="ContentType">MQTT 5 content type, if the client gave one.</param>
/// <param name="Payload">The bytes; nobody writes in them any more.</param>
/// <param name="MayBeRepeat">DUP was set.</param>
/// <param name="Retain">Later subscribers should get it too.</param>
internal readonly record struct Publication(string ClientId, string Topic, string? ContentType, ReadOnlyMemory<byte> Payload, bool MayBeRepeat, bool Retain)
{
    /// <summary>All that came with it, for other clients.</summary>
    public required MqttPublishPacket Packet { get; init; }

    /// <summary>Whether the client is a program on this machine; a last will never counts as one.</summary>
    public bool IsLocal { get; init; }

    public static Publication From(string clientId, MqttPublishPacket packet) =>
        new(clientId, packet.Topic ?? "", packet.ContentType, Flat(packet.Payload), packet.Dup, packet.Retain) { Packet = packet };

    private static ReadOnlyMemory<byte> Flat(in ReadOnlySequence<byte> payload) => payload.IsSingleSegment ? payload.First : payload.ToArray();
}

/// <summary>What became of a publication, or will.</summary>
/// <param name="Outcome">Ends when it may be acknowledged. A key with origin 0 means that it did not become a message.</param>
/// <param name="Errors">The single errors when it broke rules; null otherwise.</param>
internal readonly record struct HandedIn(Task<SubmitOutcome> Outcome, IReadOnlyList<string>? Errors = null)
{
    /// <summary>Taken, and there is nothing to wait for.</summary>
    public static HandedIn Done { get; } = new(Task.FromResult(SubmitOutcome.Accepted(default)));

    public static HandedIn Refused(Refusal refusal, string reason, IReadOnlyList<string>? errors = null) =>
        new(Task.FromResult(SubmitOutcome.Refused(refusal, reason)), errors);
}
