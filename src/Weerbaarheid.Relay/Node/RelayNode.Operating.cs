using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Kind = Weerbaarheid.Relay.Wire.Messages.Exercise;

namespace Weerbaarheid.Relay.Node;

/// <content>What a person on this machine orders of a running node besides messages: exercises and erasures.</content>
internal sealed partial class RelayNode
{
    /// <summary>Begins an exercise: what is handed in from now on is marked OEFENING.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="after">The number of the exercise that must be the newest, 0 for none; null for any.</param>
    /// <returns>Null when another goes on, or is newer.</returns>
    /// <exception cref="IOException">It cannot be written, and did not begin.</exception>
    public ExerciseEntry? BeginExercise(string name, int? after = null)
    {
        var began = _exercises.Start(name, _time.GetUtcNow(), after);
        if (began is not null) _log.ExerciseBegins(began.Number);
        return began;
    }

    /// <summary>Ends the exercise.</summary>
    /// <param name="only">The number that it must have; null for any.</param>
    /// <returns>The one that ended; null when there was none.</returns>
    /// <exception cref="IOException">It cannot be written, and goes on.</exception>
    public ExerciseEntry? EndExercise(int? only = null)
    {
        if (_exercises.Stop(_time.GetUtcNow(), only) is not { } ended) return null;
        _journal.Ended(ended, Now);
        _log.ExerciseEnds(ended.Number);
        return ended;
    }

    /// <summary>The newest exercise of a name; null when there is none.</summary>
    public ExerciseEntry? FindExercise(string name) => _exercises.Find(name);

    /// <summary>What an exercise teaches. It holds the whole journal in memory: one at a time.</summary>
    /// <exception cref="OutboxException">The store cannot be read now.</exception>
    /// <exception cref="IOException">The journal cannot be read now.</exception>
    public Evaluation Evaluate(ExerciseEntry exercise)
    {
        _journal.WriteWaiting();
        return Evaluation.Of(exercise, Site, JournalFile.Read(_exercises.Folder, exercise.Number), _outbox.AllDelivered(), _time.GetUtcNow());
    }

    /// <summary>Has the loop erase something; what the answer says is on disk.</summary>
    public async Task<ErasureReport> EraseAsync(ErasureOrder order, CancellationToken cancellationToken)
    {
        await _erasures.Writer.WriteAsync(order, cancellationToken);
        return await order.Ticket.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// What says exercise or test stays that. What is said about a record that lies here is as real as that record, whatever goes on: who takes up
    /// a real melding during an exercise takes up a real melding. All else is part of the exercise that goes on.
    /// </summary>
    private Kind KindOf(Message message) => message switch
    {
        { Exercise: not Kind.Actueel } => message.Exercise,
        Amend amend when Board.Find(new EnvelopeKey(amend.ForSite, Series.Records, amend.ForSequence)) is { } meant => meant.Envelope.Header.Exercise,
        _ => _exercises.Current is null ? Kind.Actueel : Kind.Oefening,
    };
}
