using System.Net;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <summary>Hands a message in. The outer wait is back-pressure; the inner task ends after the commit.</summary>
internal delegate ValueTask<Task<SubmitOutcome>> SubmitHandler(Submission submission, CancellationToken cancellationToken);

/// <summary>Arms or disarms an amateur link.</summary>
/// <param name="arms">Arm; else disarm.</param>
/// <param name="request">Which link, and who answers for it (JSON).</param>
internal delegate SubmitOutcome OperatorHandler(bool arms, ReadOnlyMemory<byte> request);

/// <summary>Orders something about the region's keys.</summary>
/// <param name="topic">Which order.</param>
/// <param name="request">The rest of it (JSON).</param>
/// <param name="cancellationToken">Ends the wait for room.</param>
internal delegate ValueTask<Task<SubmitOutcome>> KeyOrderHandler(string topic, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

/// <summary>Where the broker listens and how much of anything it will hold.</summary>
/// <param name="Listen">Address and port; port 0 takes a free one.</param>
/// <param name="Site">The node's own site.</param>
internal sealed record BrokerOptions(IPEndPoint Listen, ushort Site)
{
    /// <summary>A second listener, for sites and applications elsewhere that have a certificate; null for none.</summary>
    public BrokerTls? Tls { get; init; }

    /// <summary>Connections at the same time; one more is closed at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>A packet that has begun must be complete within this time.</summary>
    public TimeSpan PacketTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection must have been accepted as a client within this time.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A client that does not take what is sent to it for this long is dropped.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of a CONNECT, which comes from nobody known.</summary>
    public int MaxConnectBytes { get; init; } = 4096;

    /// <summary>Most bytes of any later packet, fixed header included.</summary>
    public int MaxPacketBytes { get; init; } = 65536;

    /// <summary>
    /// Tell MQTT 5 clients <see cref="MaxPacketBytes"/> in CONNACK. A library then refuses a larger packet at the caller; but
    /// mosquitto_pub 2.0.11 sends nothing, says nothing and exits 0, whereas without the number it gets DISCONNECT 0x95 and exits 4.
    /// </summary>
    public bool AnnounceMaxPacketBytes { get; init; }

    /// <summary>Publishes of one client that may await their acknowledgement; reading stops at this number.</summary>
    public ushort MaxPendingAcknowledgements { get; init; } = 1024;

    /// <summary>Messages kept for one subscriber that does not take or acknowledge them; newer ones are dropped for that subscriber.</summary>
    public int MaxQueuedPerClient { get; init; } = 1000;

    /// <summary>
    /// How long deliveries wait for a subscriber with that many unacknowledged to acknowledge half of them; after that it is one that
    /// stands still, and holds up nobody. Short, because messages that are handed in wait behind deliveries in the end; all
    /// full ones are waited for together, and after a wait in vain nobody is for 15 times as long.
    /// </summary>
    public TimeSpan SubscriberPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Subscriptions of one client.</summary>
    public int MaxSubscriptionsPerClient { get; init; } = 64;

    /// <summary>Sessions kept for clients that are away; the one that is away longest goes first.</summary>
    public int MaxAbsentSessions { get; init; } = 128;

    /// <summary>How long the session of a client that is away is kept at most.</summary>
    public TimeSpan AbsentSessionLife { get; init; } = TimeSpan.FromHours(72);
}

/// <summary>The broker cannot start; the message names the address and what to do.</summary>
internal sealed class BrokerStartException(string message, Exception? inner = null) : Exception(message, inner);
