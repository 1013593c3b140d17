using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Courier;

/// <summary>
/// The store of a node that does not run, with the core on it for as long as a courier needs: no links, no broker, the same rules. The store's
/// own lock keeps a node out meanwhile, and this out while one runs.
/// </summary>
internal sealed class StoppedNode : IDisposable
{
    /// <summary>As many as a node has at hand: by their tags a second record under a number is told from a repeat.</summary>
    private const int DeliveredAtHand = 4_096;

    private readonly SqliteOutbox _outbox;
    private readonly RelayCore _core;
    private readonly TimeProvider _time;
    private readonly TimeSpan _before;
    private readonly long _started;

    private StoppedNode(SqliteOutbox outbox, Site site, KeyRing keys, RelayRules rules, TimeProvider time)
    {
        (_outbox, _time, _started) = (outbox, time, time.GetTimestamp());
        var snapshot = outbox.Load(DeliveredAtHand);
        _before = snapshot.Time;
        _core = new RelayCore(site, keys, [], snapshot, rules);
    }

    /// <summary>The store of a node in its data folder.</summary>
    public static string StoreIn(string dataFolder) => Path.Combine(dataFolder, "outbox.db");

    /// <exception cref="OutboxException">The store cannot be opened; <see cref="OutboxFailure.InUse"/> when the node runs after all.</exception>
    public static StoppedNode Open(Site site, KeyRing keys, string dataFolder, OutboxOptions store, RelayRules rules, TimeProvider time)
    {
        var outbox = SqliteOutbox.Open(StoreIn(dataFolder), site.Id, store);
        try
        {
            return new StoppedNode(outbox, site, keys, rules, time);
        }
        catch
        {
            outbox.Dispose();
            throw;
        }
    }

    /// <summary>All that the node holds, or one record of it.</summary>
    /// <exception cref="OutboxException">The numbers that it takes could not be written.</exception>
    public CourierLoad Export(EnvelopeKey? only) => Do<Output.Exported>(new RelayEvent.CourierExport(only, this)).Load;

    /// <summary>Takes in what a courier brought, frame by frame; what the answer says is on disk.</summary>
    /// <returns>What became of the frames up to the first that the store failed on.</returns>
    public CourierTaking Import(IEnumerable<ReadOnlyMemory<byte>> frames)
    {
        var sum = CourierTaking.Nothing;
        foreach (var frame in frames)
        {
            try
            {
                sum = sum.Plus(Do<Output.Imported>(new RelayEvent.CourierImport(frame, this)).Taking);
            }
            catch (OutboxException e)
            {
                return sum.Plus(CourierTaking.NotTaken(
                    e.Failure == OutboxFailure.Full ? "De schijf van dit punt is vol. Maak ruimte en probeer het opnieuw." : $"De schijf van dit punt doet het niet. {e.Message}"));
            }
        }

        return sum;
    }

    public void Dispose() => _outbox.Dispose();

    private T Do<T>(RelayEvent happened)
        where T : Output
    {
        var at = new Instant(_before + _time.GetElapsedTime(_started), _time.GetUtcNow(), WallTrusted: false);
        var effects = new Effects();
        _core.Handle(new RelayEvent.Room(_outbox.IsTight), at, effects);
        _core.Handle(happened, at, effects);
        _core.Settle(at, effects);
        if (effects.Changes.Count > 0) _outbox.Commit(effects.Changes, at.Now);
        return effects.Outputs.OfType<T>().Single();
    }
}
