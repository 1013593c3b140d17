using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <content>What is told of messages and sites that somebody looks at closely.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<ushort, int[]> _delivered = [];

    /// <summary>Records of a site that a meldkamer has, by priority from 1.</summary>
    public IReadOnlyList<int> DeliveredOf(ushort site) => _delivered.TryGetValue(site, out var counts) ? [.. counts] : new int[4];

    private void CountDelivered(ushort site, byte priority)
    {
        if (!_delivered.TryGetValue(site, out var counts)) _delivered[site] = counts = new int[4];
        counts[priority - 1]++;
    }

    private void Magnify(SimulatedNode node, StoreChange change)
    {
        if (Magnifier is null) return;
        switch (change)
        {
            case StoreChange.Put put when Magnifier.Shows(put.Envelope.Key):
                Tell($"site {node.Site.Id} stores {put.Envelope.Key} as {put.Envelope.State}{(put.Envelope.Custody ? ", in custody" : "")}");
                break;
            case StoreChange.SetProgress progress when Magnifier.Shows(progress.Key):
                Tell($"site {node.Site.Id} notes {progress.Key} as {progress.State}{(progress.Custody ? "" : " and lets it go")}");
                break;
            case StoreChange.Remove remove when Magnifier.Shows(remove.Key):
                Tell($"site {node.Site.Id} removes {remove.Key}");
                break;
        }
    }

    private void Magnify(SimulatedNode node, Output.Send send)
    {
        if (Magnifier is null) return;
        foreach (var key in _frames.Records.Where(Magnifier.Shows)) Tell($"site {node.Site.Id} sends {key} to {To(send)} over {node.LinkName(send.Link)}");
        foreach (var piece in _frames.Pieces)
        {
            foreach (var key in BooksOf(node).InPieces(piece.Id).Where(Magnifier.Shows))
                Tell($"site {node.Site.Id} sends piece {piece.Index} of {key} to {To(send)} over {node.LinkName(send.Link)}");
        }
    }

    private static string To(Output.Send send) => send.Frame.To is { } to ? $"site {to}" : "all";
}
