using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Reads every envelope once, newest first, at a load. Reading them all instead of the open ones by an index checks
/// every row at each start, counts exactly, trusts no index, and saves every commit the page that index would cost.
/// </summary>
internal sealed class EnvelopeScan
{
    private readonly List<StoredEnvelope> _kept = [];
    private readonly Dictionary<(WindowKey Window, Exercise Exercise), StoredEnvelope> _newestStates = [];
    private readonly Dictionary<EnvelopeKey, long> _arrivals = [];
    private int _delivered;

    private EnvelopeScan()
    {
    }

    /// <summary>What a node needs in memory, in order of arrival.</summary>
    public IReadOnlyList<StoredEnvelope> Kept => _kept;

    /// <summary>Rows met, damaged ones too.</summary>
    public long Rows { get; private set; }

    public long LastArrival { get; private set; }

    /// <summary>The sum of the whole rows.</summary>
    public CheckSum Sum { get; private set; }

    /// <summary>Highest number of this site's own records.</summary>
    public ulong OwnRecords { get; private set; }

    /// <summary>Highest number of this site's own states.</summary>
    public ulong OwnStates { get; private set; }

    /// <summary>Node time at which the youngest envelope was born; zero when there is none.</summary>
    public TimeSpan LatestBirth { get; private set; }

    /// <summary>The arrival number of an envelope that was kept.</summary>
    public long ArrivalOf(EnvelopeKey key) => _arrivals[key];

    public static EnvelopeScan Run(SqliteConnection connection, int deliveredLimit, ushort site, StoreCounts counts, Quarantine quarantine)
    {
        var (scan, sum) = (new EnvelopeScan(), new CheckSum());
        using var rows = new Statement(connection, $"SELECT {EnvelopeRow.Columns} FROM envelope ORDER BY arrival DESC");
        while (rows.Step())
        {
            var row = new EnvelopeRow(rows);
            scan.Rows++;
            scan.LastArrival = Math.Max(scan.LastArrival, row.Arrival);
            if (!row.IsWhole)
            {
                quarantine.Note(new DamagedRow(DamagedTable.Envelope, row.Key.ToString(), "check", row.Arrival, Carried: row.Carried));
                continue;
            }

            counts.Add(row.Group, row.Finished);
            sum.Add(row.Carried);
            scan.Weigh(row, site);
            scan.Take(row, deliveredLimit);
        }

        scan.Sum = sum;
        scan.AddStates();
        return scan;
    }

    private void Weigh(EnvelopeRow row, ushort site)
    {
        if (row.BornAt > LatestBirth) LatestBirth = row.BornAt;
        var key = row.Key;
        if (key.Origin != site) return;
        if (row.IsRecord) OwnRecords = Math.Max(OwnRecords, key.Sequence);
        else OwnStates = Math.Max(OwnStates, key.Sequence);
    }

    private void Take(EnvelopeRow row, int deliveredLimit)
    {
        var wanted = row.Custody;
        if (row is { IsRecord: true, Delivered: true }) wanted |= _delivered++ < deliveredLimit;
        if (!wanted && row.IsRecord) return;
        var envelope = row.Read();
        if (wanted) _kept.Add(envelope);
        _arrivals[envelope.Key] = row.Arrival;
        if (row.IsRecord) return;
        var group = (new WindowKey(envelope.Key.Origin, (byte)envelope.Header.Type, envelope.Header.Destination), envelope.Header.Exercise);
        if (!_newestStates.TryGetValue(group, out var other) || other.Key.Sequence < envelope.Key.Sequence) _newestStates[group] = envelope;
    }

    private void AddStates()
    {
        foreach (var state in _newestStates.Values)
            if (!state.Custody)
                _kept.Add(state);
        _kept.Sort((a, b) => _arrivals[a.Key].CompareTo(_arrivals[b.Key]));
    }
}
