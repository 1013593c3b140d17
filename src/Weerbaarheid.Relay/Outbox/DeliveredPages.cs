using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>Reads delivered envelopes page by page, along the order of arrival; no index but the table itself.</summary>
internal sealed class DeliveredPages(StoreFile file)
{
    private readonly Statement _arrival = file.Prepare("SELECT arrival FROM envelope WHERE origin=?1 AND series=?2 AND sequence=?3");

    private readonly Statement _page = file.Prepare($"""
        SELECT {EnvelopeRow.Columns} FROM envelope
        WHERE arrival<?1 AND delivered=1 AND (?2 IS NULL OR +origin=?2) AND (?3 IS NULL OR type=?3) ORDER BY arrival DESC
        """);

    public List<StoredEnvelope> Read(int limit, EnvelopeKey? before, ushort? site, MessageType? type)
    {
        var upTo = before is { } key ? ArrivalOf(key) : long.MaxValue;
        return upTo is { } arrival ? Read(limit, ref arrival, site, type) : [];
    }

    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only what has a lower arrival number; after it the lowest that was met.</param>
    /// <param name="site">Only from this origin.</param>
    /// <param name="type">Only of this type.</param>
    public List<StoredEnvelope> Read(int limit, ref long before, ushort? site, MessageType? type)
    {
        var page = new List<StoredEnvelope>();
        if (limit <= 0) return page;
        _page.Bind(1, before);
        if (site is { } origin) _page.Bind(2, origin);
        else _page.BindNull(2);
        if (type is { } wanted) _page.Bind(3, (long)wanted);
        else _page.BindNull(3);
        while (page.Count < limit && _page.Step())
        {
            var row = new EnvelopeRow(_page);
            if (!row.IsWhole) continue;
            before = row.Arrival;
            page.Add(row.Read());
        }

        _page.Reset();
        return page;
    }

    /// <summary>The arrival number that the index, and nothing but the index, gives for an envelope; null when it has none.</summary>
    public long? ArrivalOf(EnvelopeKey key)
    {
        _arrival.Bind(1, key.Origin);
        _arrival.Bind(2, (long)key.Series);
        _arrival.Bind(3, (long)key.Sequence);
        if (!_arrival.Step()) return null;
        var arrival = _arrival.Integer(0);
        _arrival.Reset();
        return arrival;
    }
}
