using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// The one place where it is decided what a client may publish and where it goes: messages to intake, frames to the link and the
/// neighbours, and the presence of other nodes, which use this broker as their link, to whoever wants to know. The broker is the
/// node's own and not a general one, so everything else is refused: what the node publishes (out, status, report, receipt,
/// rejected, its own presence) must come from the node alone, or a receipt would prove nothing.
/// </summary>
internal sealed class PublishGate(ushort site, SubmitHandler submit, BrokerLink link, Func<Publication, ValueTask> distribute)
{
    /// <summary>Most bytes of another node's presence.</summary>
    public const int MaxPresence = 1024;

    /// <summary>Most sites whose presence is kept; about twice the 4,500 that are planned for.</summary>
    public const int MaxPresences = 8192;

    private readonly HashSet<ushort> _present = [];

    /// <summary>Who arms amateur links; nobody when it is not set.</summary>
    public OperatorHandler? Operators { get; set; }

    /// <summary>Who orders what becomes of the region's keys; nobody when it is not set.</summary>
    public KeyOrderHandler? KeyOrders { get; set; }

    /// <summary>How many texts are made short; null for all.</summary>
    public TextPace? TextPace { get; init; }

    /// <summary>Waits until a frame may be worked on: whether by the node itself, whether for every subscriber. Null for no limit.</summary>
    public Func<bool, bool, CancellationToken, ValueTask>? Pace { get; init; }

    /// <summary>Takes a publication in, in the order of arrival; waits only for room.</summary>
    public async ValueTask<HandedIn> HandInAsync(Publication publication, CancellationToken cancellationToken)
    {
        var topic = publication.Topic;
        if (topic.StartsWith(Topics.In, StringComparison.Ordinal)) return await SubmitAsync(publication, cancellationToken).ConfigureAwait(false);
        if (Topics.TryReadWire(topic, out var to)) return await CarryAsync(publication, to, cancellationToken).ConfigureAwait(false);
        if (Topics.TryReadSite(topic, Topics.Node, out var about) && about != site) return await AnnounceAsync(publication, about).ConfigureAwait(false);
        if (Operators is { } operators && topic is Topics.Arm or Topics.Disarm) return Arm(operators, publication);
        if (KeyOrders is { } keyOrders && topic is Topics.KeysRevoke or Topics.KeysRotate or Topics.KeysClose) return await OrderAsync(keyOrders, publication, cancellationToken).ConfigureAwait(false);
        return HandedIn.Refused(Refusal.NotAllowed, $"Clients may publish on {Topics.In}... only; this topic belongs to the node.");
    }

    private async ValueTask<HandedIn> SubmitAsync(Publication publication, CancellationToken cancellationToken)
    {
        var result = IntakeParser.Parse(publication.Topic, publication.ContentType, publication.Payload, publication.MayBeRepeat, TextPace);
        if (result.Submission is null) return HandedIn.Refused(Refusal.Invalid, string.Join(" ", result.Errors), result.Errors);
        return new HandedIn(await submit(result.Submission, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Who lets a transmitter go on the air stands beside it.</summary>
    private static HandedIn Arm(OperatorHandler operators, Publication publication)
    {
        if (!publication.IsLocal) return HandedIn.Refused(Refusal.NotAllowed, "An amateur link is armed and disarmed on the machine that it is on, with weerbaarheid-relay amateur.");
        return new HandedIn(Task.FromResult(operators(publication.Topic == Topics.Arm, publication.Payload)));
    }

    /// <summary>Who shuts a site out sits at the meldkamer.</summary>
    private static async ValueTask<HandedIn> OrderAsync(KeyOrderHandler keyOrders, Publication publication, CancellationToken cancellationToken)
    {
        if (!publication.IsLocal) return HandedIn.Refused(Refusal.NotAllowed, "Keys are ordered on the machine of the meldkamer itself, with weerbaarheid-relay keys.");
        return new HandedIn(await keyOrders(publication.Topic, publication.Payload, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<HandedIn> CarryAsync(Publication publication, ushort? to, CancellationToken cancellationToken)
    {
        if (publication.Payload.Length is 0 or > BrokerLink.MaxFrame)
            return HandedIn.Refused(Refusal.Invalid, $"A frame has 1 to {BrokerLink.MaxFrame} bytes, this one {publication.Payload.Length}.");
        if (Pace is { } pace) await pace(to is null || to == site, to != site, cancellationToken).ConfigureAwait(false);
        if (to is null || to == site) await link.ReceiveAsync(publication.Payload, cancellationToken).ConfigureAwait(false);
        if (to != site) await distribute(publication with { Retain = false }).ConfigureAwait(false);
        return HandedIn.Done;
    }

    /// <summary>Another node says that it is there, or its last will that it is not. Whoever it is says so itself; nothing is decided by it.</summary>
    private async ValueTask<HandedIn> AnnounceAsync(Publication publication, ushort about)
    {
        if (publication.Payload.Length > MaxPresence)
            return HandedIn.Refused(Refusal.Invalid, $"A presence has at most {MaxPresence} bytes, this one {publication.Payload.Length}.");
        lock (_present)
        {
            if (_present.Count >= MaxPresences && !_present.Contains(about)) return HandedIn.Refused(Refusal.Full, $"The presence of {MaxPresences} sites is kept already.");
            _present.Add(about);
        }

        await distribute(publication).ConfigureAwait(false);
        return HandedIn.Done;
    }
}
