using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What lies in a <see cref="MemoryOutbox"/>.</summary>
internal sealed class MemoryContents
{
    private readonly SortedDictionary<long, StoredEnvelope> _byArrival = [];
    private readonly Dictionary<EnvelopeKey, long> _arrivals = [];
    private readonly Dictionary<WindowKey, StoredWindow> _windows = [];
    private readonly Dictionary<string, StoredReference> _references = [];
    private readonly Dictionary<string, long> _tallies = [];
    private readonly Dictionary<(string Band, long Minute), TimeSpan> _airtime = [];
    private readonly SortedDictionary<byte, StoredKeys> _keys = [];
    private readonly ulong[] _counters = new ulong[2];
    private long _lastArrival;
    private int _finished;

    /// <summary>Node time of the last commit.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>All envelopes in order of arrival.</summary>
    public IEnumerable<StoredEnvelope> Envelopes => _byArrival.Values;

    /// <summary>Refuses what <see cref="Apply"/> could not carry through, before anything of its batch is applied.</summary>
    public static void Require(StoreChange change)
    {
        if (change is StoreChange.Put put) PutRule.Require(put.Envelope);
    }

    public void Apply(StoreChange change)
    {
        switch (change)
        {
            case StoreChange.Put put: Put(put.Envelope with { Bytes = put.Envelope.Bytes.ToArray() }); break;
            case StoreChange.Remove remove: Remove(remove.Key); break;
            case StoreChange.SetAnnounced announced: Change(announced.Key, e => e with { Announced = true }); break;
            case StoreChange.SetProgress p:
                Change(p.Key, e => e with { State = p.State, Custody = p.Custody, Reference = p.Reference ?? e.Reference });
                break;
            // The counters themselves tell the life; no file beside this store could outlive it.
            case StoreChange.StartLife: break;
            case StoreChange.SetCounter counter: _counters[(int)counter.Series] = counter.Last; break;
            case StoreChange.SetWindow window: _windows[window.Key] = new StoredWindow(window.Key, window.Highest, window.Seen.ToArray()); break;
            case StoreChange.PutReference put: _references[put.Reference] = new StoredReference(put.Reference, put.Key, put.At); break;
            case StoreChange.RemoveReference remove: _references.Remove(remove.Reference); break;
            case StoreChange.SetTally tally: _tallies[tally.Name] = tally.Value; break;
            case StoreChange.SetAirtime airtime: SetAirtime(airtime); break;
            case StoreChange.PutKeys put: _keys[put.Epoch] = new StoredKeys(put.Epoch, put.SiteKey.ToArray(), put.NetworkKey.ToArray()); break;
            default: throw new ArgumentException($"The store does not know the change {change.GetType().Name}.", nameof(change));
        }
    }

    public void Retain(int retention)
    {
        if (_finished <= retention) return;
        var many = Math.Min(_finished - retention, OutboxOptions.RemovedPerCommit);
        foreach (var old in _byArrival.Values.Where(IsFinished).Take(many).ToList()) Remove(old.Key);
    }

    public Snapshot Snapshot(int deliveredLimit)
    {
        var newest = _byArrival.Values.Where(e => e.Key.Series == Series.Records && e.Delivered).Reverse().Take(deliveredLimit).ToHashSet();
        var states = _byArrival.Values.Where(e => e.Key.Series == Series.States)
            .GroupBy(e => (e.Key.Origin, e.Header.Type, e.Header.Destination, e.Header.Exercise)).Select(g => g.MaxBy(e => e.Key.Sequence)!).ToHashSet();
        return new Snapshot(
            Time, _counters[0], _counters[1], _byArrival.Values.Where(e => e.Custody || newest.Contains(e) || states.Contains(e)).ToList(),
            [.. _windows.Values.OrderBy(w => (w.Key.Origin, w.Key.Type, w.Key.Destination))],
            [.. _references.Values.OrderBy(r => r.Reference, StringComparer.Ordinal)], new Dictionary<string, long>(_tallies),
            [.. _airtime.Select(a => new StoredAirtime(a.Key.Band, a.Key.Minute, a.Value)).OrderBy(a => a.Band, StringComparer.Ordinal).ThenBy(a => a.Minute)])
        {
            Keys = [.. _keys.Values],
        };
    }

    public List<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before, ushort? site, MessageType? type)
    {
        var arrival = long.MaxValue;
        if (before is { } key && !_arrivals.TryGetValue(key, out arrival)) return [];
        return _byArrival.Where(row => row.Key < arrival).Select(row => row.Value).Reverse()
            .Where(e => e.Delivered && (site is null || e.Key.Origin == site) && (type is null || e.Header.Type == type))
            .Take(Math.Min(limit, SqliteOutbox.PageLimit)).ToList();
    }

    private static bool IsFinished(StoredEnvelope envelope) => envelope.Key.Series == Series.Records && !envelope.Custody;

    private void Put(StoredEnvelope envelope)
    {
        if (_arrivals.TryGetValue(envelope.Key, out var arrival))
        {
            Change(envelope.Key, _ => envelope);
            return;
        }

        arrival = ++_lastArrival;
        _arrivals.Add(envelope.Key, arrival);
        _byArrival.Add(arrival, envelope);
        if (IsFinished(envelope)) _finished++;
    }

    private void SetAirtime(StoreChange.SetAirtime change)
    {
        foreach (var old in _airtime.Keys.Where(key => key.Minute < change.Minute - StoredAirtime.Kept).ToList()) _airtime.Remove(old);
        _airtime[(change.Band, change.Minute)] = change.Spent;
    }

    private void Change(EnvelopeKey key, Func<StoredEnvelope, StoredEnvelope> change)
    {
        if (!_arrivals.TryGetValue(key, out var arrival)) return;
        var (before, after) = (_byArrival[arrival], change(_byArrival[arrival]));
        _byArrival[arrival] = after;
        _finished += (IsFinished(after) ? 1 : 0) - (IsFinished(before) ? 1 : 0);
    }

    private void Remove(EnvelopeKey key)
    {
        if (!_arrivals.Remove(key, out var arrival)) return;
        if (_byArrival.Remove(arrival, out var gone) && IsFinished(gone)) _finished--;
    }
}
