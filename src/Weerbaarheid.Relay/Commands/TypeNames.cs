using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Types of message as they are typed on the command line.</summary>
internal static class TypeNames
{
    /// <summary>What people and applications may send.</summary>
    public static readonly IReadOnlyList<MessageType> Submitted =
        [MessageType.Melding, MessageType.Hulpvraag, MessageType.Hulpaanbod, MessageType.Status, MessageType.Bulletin, MessageType.Amend];

    /// <summary>All there are.</summary>
    public static readonly IReadOnlyList<MessageType> All = [.. Submitted, MessageType.Heartbeat, MessageType.Receipt, MessageType.Sitrap, MessageType.Revocation];

    /// <summary>Reads a name, or says on standard error what is wrong with it.</summary>
    /// <param name="name">As typed; null when it was left out, which is no mistake.</param>
    /// <param name="allowed">The types that may be named here.</param>
    /// <param name="context">Where to complain.</param>
    /// <param name="type">The type; null when none was named.</param>
    public static bool TryRead(string? name, IReadOnlyList<MessageType> allowed, VerbContext context, out MessageType? type)
    {
        type = null;
        if (name is null) return true;
        foreach (var candidate in allowed)
        {
            if (MessageRules.NameOf(candidate) == name) type = candidate;
        }

        if (type is not null) return true;
        Refuse(context, $"'{name}' is not a type of message; write one of {string.Join(", ", allowed.Select(MessageRules.NameOf))}");
        return false;
    }

    /// <summary>Says what is wrong with the use of a verb.</summary>
    public static int Refuse(VerbContext context, string problem)
    {
        context.Error.WriteLine($"weerbaarheid-relay: {problem}");
        return ExitCode.Wrong;
    }
}
