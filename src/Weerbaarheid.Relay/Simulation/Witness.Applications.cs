using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <content>
/// What applications are told of messages: each once, and as it was handed in. A node that starts tells once more what its disk does not know to
/// have been told ("after a restart perhaps again, with the same id", README); the core itself tells no message twice, in no life.
/// </content>
internal sealed partial class Witness
{
    private void SawDelivery(SimulatedNode node, Output.Delivered delivered)
    {
        var (books, key) = (BooksOf(node), delivered.Envelope.Key);
        if (!books.Stored.Contains(key)) Broken($"site {node.Site.Id} told its applications of {key} before it was on its disk", node.Site.Id, key);
        if (delivered.Message is null) Broken($"site {node.Site.Id} cannot read {key}: {delivered.Problem}", node.Site.Id, key);
        else CheckContent(node, key, delivered.Message);
        // What was made here is known to who made it.
        if (delivered.Envelope.Announced) return;
        if (!books.Told.Add(key)) Broken($"site {node.Site.Id} told its applications twice of {key}", node.Site.Id, key);
        books.Untold.Remove(key);
    }

    private void CheckContent(SimulatedNode node, EnvelopeKey key, Message message)
    {
        if (message.Type is not MessageType.Sitrap && _contents.Tell(key, message) is { } difference) Broken($"at site {node.Site.Id} {key} {difference}", node.Site.Id, key);
    }

    /// <summary>What the power kept it from telling is found on its disk, and told now.</summary>
    private void CheckTold(SimulatedNode node, NodeBooks books, Snapshot snapshot)
    {
        if (books.Untold.Count == 0) return;
        foreach (var stored in snapshot.Envelopes.Where(stored => stored is { Delivered: true, Announced: false } && books.Untold.Remove(stored.Key)))
        {
            books.Told.Add(stored.Key);
            if (StoredMessages.Open(keys, stored) is not { } message) Broken($"site {node.Site.Id} cannot read {stored.Key} from its disk", node.Site.Id, stored.Key);
            else CheckContent(node, stored.Key, message);
        }

        // Of states only the newest is told.
        foreach (var key in books.Untold.Where(key => key.Series == Series.Records)) Broken($"site {node.Site.Id} took {key} in, and its applications are never told", node.Site.Id, key);
        books.Untold.Clear();
    }

    private void CheckUntold(SimulatedNode node)
    {
        foreach (var key in BooksOf(node).Untold) Broken($"site {node.Site.Id} has {key} and did not tell its applications", node.Site.Id, key);
    }
}
