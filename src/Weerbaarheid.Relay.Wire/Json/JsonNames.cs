using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>The words that stand for codes in JSON; a code is its place in the list.</summary>
internal static class JsonNames
{
    public static readonly IReadOnlyList<string> Exercise = ["actueel", "oefening", "test"];
    public static readonly IReadOnlyList<string> State = ["gesloten", "opstarten", "open", "vol", "ontruimd"];
    public static readonly IReadOnlyList<string> Bulletin = ["nieuw", "wijziging", "intrekking"];
    public static readonly IReadOnlyList<string> Amend = ["aanvulling", "correctie", "intrekking", "afgehandeld", "inBehandeling"];
    public static readonly IReadOnlyList<string> Reason = ["vervallen", "afgewezen"];

    /// <summary>What applications may hand in.</summary>
    public static readonly IReadOnlyList<MessageType> Submitted =
        [MessageType.Melding, MessageType.Hulpvraag, MessageType.Hulpaanbod, MessageType.Status, MessageType.Bulletin, MessageType.Amend];

    /// <summary>What the system makes itself, as far as JSON can say it: a rekey holds keys, which are never shown.</summary>
    public static readonly IReadOnlyList<MessageType> System = [MessageType.Heartbeat, MessageType.Receipt, MessageType.Sitrap, MessageType.Revocation];

    /// <summary>The priority of a message that does not give one.</summary>
    public static byte DefaultPriority(MessageType type) => type switch
    {
        MessageType.Melding or MessageType.Bulletin or MessageType.Amend or MessageType.Receipt => 2,
        MessageType.Revocation => 1,
        MessageType.Hulpvraag or MessageType.Sitrap => 3,
        _ => 4,
    };
}
