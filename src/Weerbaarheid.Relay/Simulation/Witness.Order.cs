using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <content>
/// Priority 1 goes first, wherever it was made. What came from a neighbour is not owed back to that neighbour, so less urgent records may go there;
/// what the next node has acknowledged, as the disk shows, or what did so in an earlier life, waits for its receipt only.
/// </content>
internal sealed partial class Witness
{
    /// <summary>
    /// Records of less priority that may leave over a radio between two attempts at one of priority 1: those that were on their way or in
    /// the modem already, each of four bursts of sixteen. After that the window is full, and only what is sent again is priority 1 first.
    /// </summary>
    private const int MostOvertaking = 64;

    /// <summary>Who sent a record of priority 1 to whom.</summary>
    private readonly HashSet<(EnvelopeKey Key, ushort From, ushort To)> _handed = [];

    /// <summary>
    /// Nothing leaves before it is on this disk. No record of less priority leaves before one of priority 1 that waits here; and once
    /// that was sent, only so many before it is sent again or acknowledged.
    /// </summary>
    private void CheckOrder(SimulatedNode node, Output.Send send)
    {
        var books = BooksOf(node);
        foreach (var key in _frames.Records)
            if (!books.Stored.Contains(key)) Broken($"site {node.Site.Id} transmitted {key} before it was on its disk", node.Site.Id, key);
        foreach (var key in _frames.Records) NoteLeft(node, books, key, send);
        foreach (var piece in _frames.Pieces)
            foreach (var key in books.InPieces(piece.Id)) NoteLeft(node, books, key, send);
        if (books.Urgent.Count + books.Overtaken.Count == 0) return;
        foreach (var key in _frames.Records)
            if (books.Held.TryGetValue(key, out var held) && held is { Priority: > 1, IsBulletin: false }) CheckOvertaking(node, books, send, key, held.Priority);
    }

    private void NoteLeft(SimulatedNode node, NodeBooks books, EnvelopeKey key, Output.Send send)
    {
        books.Left(key);
        if (send.Frame.To is { } to && books.Held.TryGetValue(key, out var held) && held.Priority == 1) _handed.Add((key, node.Site.Id, to));
    }

    private void CheckOvertaking(SimulatedNode node, NodeBooks books, Output.Send send, EnvelopeKey key, byte priority)
    {
        foreach (var urgent in books.Urgent.Where(urgent => IsOwed(urgent, node, send)))
            Broken($"at site {node.Site.Id} priority {priority} {key} overtook priority 1 {urgent} to {To(send)} over {node.LinkName(send.Link)}", node.Site.Id, urgent);
        if (!node.IsNarrow(send.Link)) return;
        foreach (var (urgent, many) in books.Overtaken)
        {
            if (!IsOwed(urgent, node, send)) continue;
            books.Overtaken[urgent] = many + 1;
            if (many >= MostOvertaking) Broken($"at site {node.Site.Id} more than {MostOvertaking} records of less priority left between two attempts at priority 1 {urgent}", node.Site.Id, urgent);
        }
    }

    /// <summary>Whether a record could go where this frame goes: that neighbour never sent it here.</summary>
    private bool IsOwed(EnvelopeKey urgent, SimulatedNode node, Output.Send send) => send.Frame.To is { } to && !_handed.Contains((urgent, to, node.Site.Id));
}
