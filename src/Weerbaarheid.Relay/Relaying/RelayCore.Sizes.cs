namespace Weerbaarheid.Relay.Relaying;

/// <summary>How much a core remembers of each kind; every number has a limit that no traffic moves.</summary>
/// <param name="Held">Envelopes in custody.</param>
/// <param name="Neighbours">Neighbours, on all links.</param>
/// <param name="Windows">Replay windows.</param>
/// <param name="Ranges">Ranges of the replay window that has most.</param>
/// <param name="References">References and fingerprints of clients.</param>
/// <param name="OwnRecords">Own records whose progress is known.</param>
/// <param name="Urgent">Priority 1 that waits for an acknowledgement or else goes over a second link, stale entries included.</param>
/// <param name="Copies">Envelopes that go over a second link, at the neighbour that has most.</param>
/// <param name="Answers">Acknowledgements owed, to the neighbour that has most.</param>
/// <param name="Outstanding">Frames handed over and not reported sent, on the link that has most.</param>
/// <param name="Parts">Envelopes that arrive in pieces.</param>
/// <param name="Passed">Envelopes passed on unread.</param>
/// <param name="Receipts">Receipts kept for origins.</param>
internal sealed record CoreSizes(
    int Held, int Neighbours, int Windows, int Ranges, int References, int OwnRecords, int Urgent, int Copies, int Answers, int Outstanding,
    int Parts, int Passed, int Receipts, int Tags);

/// <content>What is bounded, counted.</content>
internal sealed partial class RelayCore
{
    public CoreSizes Sizes => new(
        _custody.Count, _around.All.Count(), _windows.Count, _windows.MostRanges, _references.Count, _own.Count, _urgent.Count,
        _around.All.Select(neighbour => neighbour.Copies.Count).DefaultIfEmpty().Max(),
        _around.All.Select(neighbour => neighbour.Answers.Waiting.Count + neighbour.Answers.Parts.Count).DefaultIfEmpty().Max(),
        _around.Links.Select(link => link.Outstanding.Count).DefaultIfEmpty().Max(),
        _reassembly.Count, _passed.Count, _newestReceipts.Count, _tags.Count);
}
