using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Outbox;

/// <content>What is read while the node runs, from any thread.</content>
internal sealed partial class SqliteOutbox
{
    /// <summary>Delivered envelopes, newest first by arrival. Rows that are damaged are left out; the next load reports them.</summary>
    /// <param name="limit">At most this many, and at most <see cref="PageLimit"/>.</param>
    /// <param name="before">Only those that arrived before this one: the last of the page before. Nothing when it is gone, for then so are the older ones.</param>
    /// <param name="site">Only from this origin.</param>
    /// <param name="type">Only of this type.</param>
    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before = null, ushort? site = null, MessageType? type = null) =>
        Read(tables => tables.ReadDelivered(Math.Min(limit, PageLimit), before, site, type));

    /// <summary>The next page of all of them, for who reads on while the store changes: what goes meanwhile ends nothing.</summary>
    /// <param name="limit">At most this many, and at most <see cref="PageLimit"/>. A page with fewer is the last.</param>
    /// <param name="place">Where the page before ended; <see cref="long.MaxValue"/> at first.</param>
    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, ref long place)
    {
        var reached = place;
        var page = Read(tables => tables.ReadDelivered(Math.Min(limit, PageLimit), ref reached));
        place = reached;
        return page;
    }

    /// <summary>All delivered envelopes, newest first, a page at a time.</summary>
    public IEnumerable<StoredEnvelope> AllDelivered()
    {
        var place = long.MaxValue;
        while (true)
        {
            var page = ReadDelivered(PageLimit, ref place);
            foreach (var envelope in page) yield return envelope;
            if (page.Count < PageLimit) yield break;
        }
    }

    private List<StoredEnvelope> Read(Func<Tables, List<StoredEnvelope>> read)
    {
        lock (_gate)
        {
            try
            {
                return read(Open());
            }
            catch (SqliteException e)
            {
                Abandon();
                throw StoreFile.Translate(_path, "be read", e);
            }
        }
    }
}
