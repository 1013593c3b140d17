using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Compares what clients handed in with what applications are told of it, in words: every field of a simulated message is a number or a
/// text, so a record's own text names them all, and neither codec nor seal has a part in it.
/// </summary>
internal sealed class ContentWatch
{
    private readonly Dictionary<EnvelopeKey, string> _handedIn = [];
    private readonly Dictionary<EnvelopeKey, string> _told = [];

    /// <summary>Whether a client was told that this is its message.</summary>
    public bool IsHandedIn(EnvelopeKey key) => _handedIn.ContainsKey(key);

    /// <summary>A client was told that its message has this id.</summary>
    /// <returns>What is wrong, in words; null when nothing is.</returns>
    public string? HandIn(EnvelopeKey key, Message message)
    {
        var text = TextOf(message);
        if (!_handedIn.TryAdd(key, text) && _handedIn[key] != text) return $"was given to two messages: {_handedIn[key]} and {text}";
        return Difference(key);
    }

    /// <summary>Applications are told of it.</summary>
    /// <returns>What is wrong, in words; null when nothing is, or when its client knows nothing of it yet.</returns>
    public string? Tell(EnvelopeKey key, Message message)
    {
        var text = TextOf(message);
        if (!_told.TryAdd(key, text) && _told[key] != text) return $"was told as {_told[key]}, and then as {text}";
        return Difference(key);
    }

    private string? Difference(EnvelopeKey key) =>
        _handedIn.TryGetValue(key, out var given) && _told.TryGetValue(key, out var told) && given != told ? $"was handed in as {given} and told as {told}" : null;

    /// <summary>The moment is put in by the node that takes it in.</summary>
    private static string TextOf(Message message) => (message is RecordMessage record ? record with { SentAt = null } : message).ToString();
}
