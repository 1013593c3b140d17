using System.Globalization;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <content>
/// What clients hand in, and are answered: whoever hands the same in again gets the same number, and who is refused is refused for
/// a reason and counted. References that a node must have forgotten, because so many came after them, promise nothing.
/// </content>
internal sealed partial class Witness
{
    /// <summary>Receipts and heartbeats take room in a queue and are on no disk: at most one of each for a site.</summary>
    private const int MostUnwritten = 40;

    private const int UnwrittenBytes = 255;

    private readonly Dictionary<(ushort Site, string Name), EnvelopeKey> _answers = [];

    /// <summary>A client was told that its message is on disk.</summary>
    public void Accepted(SimulatedNode node, EnvelopeKey key, Submission submission)
    {
        var message = submission.Message;
        CheckRepeat(node, key, submission);
        if (_contents.HandIn(key, message) is { } difference) Broken($"{key} {difference}", node.Site.Id, key);
        if (key.Series != Series.Records) return;
        if (!BooksOf(node).Stored.Contains(key)) Broken($"{key} was acknowledged before it was on the disk of site {node.Site.Id}", node.Site.Id, key);
        // A repeated submission is the same message.
        if (!_records.TryGetValue(key, out var fate)) _records[key] = fate = new Fate(clock.Now, message.Priority, message.Type);
        if (fate.Type != message.Type || fate.Priority != message.Priority) Broken($"{key} was given to two messages", node.Site.Id, key);
    }

    /// <summary>A client was told that it cannot be: the message was not taken in.</summary>
    public void Refused(SimulatedNode node, Submission submission, SubmitOutcome outcome)
    {
        // A disk that failed says nothing of room.
        if (outcome.Refusal == Refusal.StoreFailed) return;
        if (outcome.Refusal != Refusal.Full || !outcome.Reason.Contains("full", StringComparison.Ordinal))
        {
            Broken($"site {node.Site.Id} refused a {submission.Message.Type} of priority {submission.Message.Priority}: {outcome.Refusal}, {outcome.Reason}", node.Site.Id);
            return;
        }

        var custody = BooksOf(node).Custody;
        var share = submission.Message.Priority switch { 1 => 1.0, 2 => 0.9, 3 => 0.8, _ => 0.7 };
        var unwritten = Math.Clamp((node.Sizes?.Held ?? 0) - custody.Count, 0, MostUnwritten) + 2;
        if (custody.Peak + unwritten >= rules.MaxHeld * share) return;
        if (custody.PeakBytes + (unwritten * UnwrittenBytes) + submission.Body.Bytes.Length > rules.MaxHeldBytes * share) return;
        Broken($"site {node.Site.Id} has no room for priority {submission.Message.Priority}, and holds {custody.Peak} of {rules.MaxHeld} messages and {custody.PeakBytes} of {rules.MaxHeldBytes} bytes", node.Site.Id);
    }

    /// <summary>A client gets the number that it got before for the same message.</summary>
    private void CheckRepeat(SimulatedNode node, EnvelopeKey key, Submission submission)
    {
        var name = submission.ClientRef ?? submission.Fingerprint.ToString("x16", CultureInfo.InvariantCulture);
        // How many came since it was made, and not since it was answered last: to be asked for again does not keep it.
        if (_answers.TryGetValue((node.Site.Id, name), out var earlier) && earlier != key
            && !IsForgotten(submission.ClientRef is not null, BooksOf(node).Bound - _made.GetValueOrDefault(earlier).Bound))
            Broken($"site {node.Site.Id} answered {earlier} to a client, and {key} when it handed the same in again", node.Site.Id, key);
        _answers[(node.Site.Id, name)] = key;
    }

    /// <summary>No two messages on a disk are of one reference.</summary>
    private void CheckReference(SimulatedNode node, NodeBooks books, StoredEnvelope envelope)
    {
        if (envelope.ClientRef is not { } reference) return;
        if (books.ByReference.TryGetValue(reference, out var earlier) && !IsForgotten(true, books.Bound - earlier.Order))
            Broken($"site {node.Site.Id} stored {earlier.Key} and {envelope.Key} for one reference of a client", node.Site.Id, envelope.Key);
        books.ByReference[reference] = (envelope.Key, books.Bound);
    }

    /// <summary>Whether so many came since that its bound allows to forget a reference, or the print of a message without one.</summary>
    private bool IsForgotten(bool hasReference, int since) => since >= (hasReference ? rules.MaxReferences : rules.MaxReferences / 5);

    /// <summary>All that is on the disk of the site that made it is a message of a client, and its client knows the number: nothing was taken in twice.</summary>
    private void CheckOrphans(SimulatedNode node)
    {
        var books = BooksOf(node);
        if (IsForgotten(false, books.Bound)) return;
        foreach (var key in books.Stored.Where(key => key.Origin == node.Site.Id && key.Series == Series.Records && !_contents.IsHandedIn(key)))
            Broken($"site {node.Site.Id} made {key}, and no client was told that it is its message", node.Site.Id, key);
    }
}
