using System.Diagnostics.Metrics;
using System.Globalization;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Observing;

/// <summary>
/// What a node measures of itself. Nearly all of it is read from the state that the node publishes anyhow, and only when somebody asks; the
/// two durations are the only thing that the loop does for it, and they cost nothing while nobody listens. No tag holds words of anybody.
/// </summary>
internal sealed class NodeMeasures : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Weerbaarheid.Relay";

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    };

    private readonly Meter _meter;
    private readonly Histogram<double> _intake;
    private readonly Histogram<double> _commit;
    private Reading? _newest;

    private sealed record Reading(RelayStatus Status, StoreHealth Store);

    /// <param name="site">The node's own number, with every figure.</param>
    /// <param name="isExercise">Whether an exercise goes on.</param>
    public NodeMeasures(ushort site, Func<bool> isExercise)
    {
        _meter = new Meter(new MeterOptions(Name) { Tags = [new("relay.site", (int)site)] });
        _intake = _meter.CreateHistogram("relay.intake.duration", "s", "From handing in a message to its commit, or its refusal.", advice: Durations);
        _commit = _meter.CreateHistogram("relay.commit.duration", "s", "One transaction, synced.", advice: Durations);
        Gauge("relay.exercise", "{exercise}", "1 while an exercise goes on.", _ => isExercise() ? 1 : 0);
        AddQueue();
        AddLinks();
        AddStore();
        Each("relay.messages", "{message}", "Messages since the store was made, by what became of them.", reading =>
            Tallies.Names.Select(name => Measured(reading.Status.Tallies.GetValueOrDefault(name), "relay.outcome", name)), isCounter: true);
        Gauge("relay.records.missing", "{record}", "Records of all sites that are known to exist and did not come.", reading =>
            reading.Status.Origins.Sum(origin => (long)origin.Missing));
    }

    /// <summary>The node's newest own state.</summary>
    public void Read(RelayStatus status, StoreHealth store) => Volatile.Write(ref _newest, new Reading(status, store));

    /// <summary>A message was answered.</summary>
    public void TakenIn(TimeSpan took) => _intake.Record(took.TotalSeconds);

    /// <summary>A batch was committed.</summary>
    public void Committed(TimeSpan took) => _commit.Record(took.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private void AddQueue()
    {
        Each("relay.queue.messages", "{message}", "Messages that wait for a way out.", reading =>
            reading.Status.Waiting.Select((count, place) => Measured(count, "relay.priority", (place + 1).ToString(CultureInfo.InvariantCulture))));
        Gauge("relay.queue.size", "By", "Bytes in custody.", reading => reading.Status.WaitingBytes);
        Gauge("relay.queue.awaiting_receipt", "{message}", "Records that the next node has and the meldkamer did not confirm.", reading => reading.Status.AwaitingReceipt);
        Gauge("relay.queue.oldest", "s", "Age of the oldest record that waits; 0 when there is none.", reading => reading.Status.OldestWaiting?.TotalSeconds ?? 0);
        Gauge("relay.way_up", "{way}", "1 when a way leads to the meldkamer.", reading => reading.Status.WayUp is null ? 0 : 1);
    }

    private void AddLinks()
    {
        Each("relay.link.up", "{link}", "1 when the link is up.", reading => reading.Status.Links.Select(link => Of(link, link.Up ? 1 : 0)));
        Each("relay.link.neighbours", "{site}", "Sites heard on the link.", reading => reading.Status.Links.Select(link => Of(link, link.Neighbours.Count)));
        Each("relay.link.frames", "{frame}", "Frames since the start.", reading => reading.Status.Links.SelectMany(link => (Measurement<double>[])
        [
            Of(link, link.FramesSent, "sent"), Of(link, link.FramesReceived, "received"), Of(link, link.FramesRefused, "refused"),
        ]), isCounter: true);
        Each("relay.airtime.spent", "s", "Transmitted in the last hour, by band.", reading => Bands(reading).Select(air => Measured(air.Spent.TotalSeconds, "relay.band", air.Band)));
        Each("relay.airtime.left", "s", "What may still be transmitted now, by band.", reading =>
            Bands(reading).Where(air => air.Left is not null).Select(air => Measured(air.Left!.Value.TotalSeconds, "relay.band", air.Band)));
    }

    private void AddStore()
    {
        Gauge("relay.store.size", "By", "Database and log on disk.", reading => reading.Store.Bytes);
        Gauge("relay.store.ballast", "By", "Room held for priority 1.", reading => reading.Store.Ballast);
        Gauge("relay.store.damaged", "{row}", "Rows that the last start found damaged.", reading => reading.Store.Damaged);
        Gauge("relay.store.healthy", "{store}", "1 when everything is taken in, 0.5 when priority 1 alone is, 0 when nothing can be written.", reading =>
            reading.Store.Problem is not null ? 0 : reading.Store.IsTight ? 0.5 : 1);
    }

    /// <summary>Links of one band share it.</summary>
    private static IEnumerable<AirStatus> Bands(Reading reading) => reading.Status.Links.Select(link => link.Air).OfType<AirStatus>().DistinctBy(air => air.Band);

    private static Measurement<double> Measured(double value, string tag, string name) => new(value, new KeyValuePair<string, object?>(tag, name));

    private static Measurement<double> Of(LinkStatus link, double value, string? frames = null)
    {
        List<KeyValuePair<string, object?>> tags = [new("relay.link", link.Name), new("relay.link.type", link.Type)];
        if (frames is not null) tags.Add(new("relay.frame", frames));
        return new Measurement<double>(value, tags);
    }

    private void Gauge(string name, string unit, string meaning, Func<Reading, double> read) => Each(name, unit, meaning, reading => [new Measurement<double>(read(reading))]);

    /// <summary>Nothing is told before the node's first state.</summary>
    private void Each(string name, string unit, string meaning, Func<Reading, IEnumerable<Measurement<double>>> read, bool isCounter = false)
    {
        IEnumerable<Measurement<double>> Now() => Volatile.Read(ref _newest) is { } reading ? read(reading) : [];
        if (isCounter) _meter.CreateObservableCounter(name, Now, unit, meaning);
        else _meter.CreateObservableGauge(name, Now, unit, meaning);
    }
}
