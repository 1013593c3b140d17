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
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // In order of handing in, so that a replay hands in again in the same order.
    private readonly SortedDictionary<long, Submission> _unanswered = [];
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
        if (completed.Ticket is not long number || !_unanswered.Remove(number, out var submission)) return;
        var outcome = completed.Outcome;
        if (outcome.Refusal == Refusal.None) witness.Accepted(Node, outcome.Key, submission.Message);
        else Refused[outcome.Reason] = Refused.GetValueOrDefault(outcome.Reason) + 1;
        if (outcome.Refusal != Refusal.Full) return;
        // A person tries again when the queue was full.
        _unanswered.Add(number, submission);
        clock.Plan(clock.Now + Patience, () => Offer(number));
    }

    private void Offer(long number)
    {
        if (!Node.IsOn || !_unanswered.TryGetValue(number, out var submission)) return;
        Node.Take(new RelayEvent.Submit(submission, number));
        _unanswered[number] = submission with { MayBeRepeat = true };
    }
}
