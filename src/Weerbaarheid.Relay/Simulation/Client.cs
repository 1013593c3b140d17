using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// The people at one site: hand in messages, and hand in again what was never answered, as an application on MQTT does
/// after its connection broke.
/// </summary>
internal sealed class Client(SimulatedNode node, Witness witness, SimulationClock clock)
{
    private const int Limit = 100_000;

    /// <summary>Of so many messages two are handed in again: one with a reference, and one without.</summary>
    private const int DoubtfulOf = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // In order of handing in, so that a replay hands in again in the same order.
    private readonly SortedDictionary<long, Submission> _unanswered = [];
    private readonly Dictionary<long, Submission> _doubted = [];
    private readonly HashSet<ulong> _doubtful = [];
    private long _number;

    public SimulatedNode Node { get; } = node;

    /// <summary>Submissions that were refused, with the reason.</summary>
    public SortedDictionary<string, int> Refused { get; } = [];

    /// <summary>Messages that were never answered.</summary>
    public int Unanswered => _unanswered.Count;

    /// <summary>Hands a message in, now or when there is power.</summary>
    public void HandIn(Message message, string? clientRef, ulong fingerprint)
    {
        if (_unanswered.Count >= Limit) return;
        var number = ++_number;
        _unanswered.Add(number, new Submission(message, clientRef, fingerprint, MayBeRepeat: false));
        Offer(number);
    }

    /// <summary>The node came up: everything that was not answered goes in again.</summary>
    public void Reconnected()
    {
        foreach (var number in _unanswered.Keys.ToList()) Offer(number);
    }

    /// <summary>The node answered.</summary>
    public void Completed(Output.Completed completed)
    {
        if (completed.Ticket is not long number || !(_unanswered.Remove(number, out var submission) || _doubted.Remove(number, out submission))) return;
        var outcome = completed.Outcome;
        if (outcome.Refusal == Refusal.None)
        {
            witness.Accepted(Node, outcome.Key, submission);
            Doubt(submission);
            return;
        }

        witness.Refused(Node, submission, outcome);
        Refused[outcome.Reason] = Refused.GetValueOrDefault(outcome.Reason) + 1;
        if (outcome.Refusal is not (Refusal.Full or Refusal.StoreFailed)) return;
        // A person tries again when there was no room, or the disk said no; and says nothing of a repeat, because it was told that there was nothing.
        _unanswered.Add(number, submission with { MayBeRepeat = false });
        clock.Plan(clock.Now + Patience, () => Offer(number));
    }

    /// <summary>Some answers get lost on the way to the client: it hands in again what was taken in, later and perhaps after a restart.</summary>
    private void Doubt(Submission submission)
    {
        if (submission.Fingerprint % DoubtfulOf > 1 || !_doubtful.Add(submission.Fingerprint)) return;
        // Without a reference it is recognised for half an hour.
        var most = submission.ClientRef is null ? TimeSpan.FromMinutes(25) : TimeSpan.FromHours(20);
        clock.Plan(clock.Now + (most * ((submission.Fingerprint >> 32) / (double)uint.MaxValue)), () =>
        {
            if (!Node.IsOn) return;
            _doubted[++_number] = submission with { MayBeRepeat = true };
            Node.Take(new RelayEvent.Submit(_doubted[_number], _number));
        });
    }

    private void Offer(long number)
    {
        if (!Node.IsOn || !_unanswered.TryGetValue(number, out var submission)) return;
        // Before it is handed in: what needs no write is answered at once.
        _unanswered[number] = submission with { MayBeRepeat = true };
        Node.Take(new RelayEvent.Submit(submission, number));
    }
}
