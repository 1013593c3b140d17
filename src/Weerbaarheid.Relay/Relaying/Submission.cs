using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A message that a client hands in, already checked against the rules of its type.</summary>
/// <param name="Message">The message.</param>
/// <param name="ClientRef">The client's own reference; a second submission with the same one is the same message.</param>
/// <param name="Fingerprint">Hash of the bytes handed in; tells a redelivery after a broken connection from a new message.</param>
/// <param name="MayBeRepeat">The transport says that this may have been handed in before (MQTT DUP).</param>
internal sealed record Submission(Message Message, string? ClientRef, ulong Fingerprint, bool MayBeRepeat);

/// <summary>Why a submission was not taken in.</summary>
internal enum Refusal
{
    None,

    /// <summary>The message breaks a rule; sending it again will not help. MQTT 5 reason 0x99.</summary>
    Invalid,

    /// <summary>This node may not send such a message. MQTT 5 reason 0x87.</summary>
    NotAllowed,

    /// <summary>The outbox is full for this priority; try again later. MQTT 5 reason 0x97.</summary>
    Full,

    /// <summary>The store could not be written; nothing was taken in. MQTT 5 reason 0x83.</summary>
    StoreFailed,
}

/// <summary>What became of a submission, after the commit.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/> when it is on disk.</param>
/// <param name="Key">Its id when it is on disk.</param>
/// <param name="Reason">A sentence for people when it was refused; empty otherwise.</param>
/// <param name="Repeated">It was already there.</param>
internal readonly record struct SubmitOutcome(Refusal Refusal, EnvelopeKey Key, string Reason, bool Repeated)
{
    public static SubmitOutcome Accepted(EnvelopeKey key, bool repeated = false) => new(Refusal.None, key, "", repeated);

    public static SubmitOutcome Refused(Refusal refusal, string reason) => new(refusal, default, reason, false);
}
