using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>Reads the envelopes of a broken store in order of arrival, over and past what cannot be read.</summary>
internal sealed class EnvelopeWalk(SqliteConnection connection)
{
    /// <summary>Unreadable stretches that are passed before the rest is given up.</summary>
    private const int MostStretches = 256;

    /// <summary>Damaged rows in a row that are passed; more may be a circle.</summary>
    private const int MostDamaged = 64;

    /// <summary>Where nothing tells the last arrival number, how far beyond the last row one is looked for.</summary>
    private const long Blind = 1 << 24;

    /// <summary>A row that was met.</summary>
    /// <param name="Arrival">Its arrival number.</param>
    /// <param name="Envelope">Null when it is not what was written.</param>
    internal readonly record struct Met(long Arrival, StoredEnvelope? Envelope);

    /// <summary>Takes every row; of those that are owed to nobody only the newest <see cref="OutboxOptions.Salvaged"/>.</summary>
    public void Run(Action<Met> take)
    {
        try
        {
            using var rows = new Statement(connection, $"SELECT {EnvelopeRow.Columns} FROM envelope WHERE arrival>?1 ORDER BY arrival");
            var end = LastArrival();
            var at = 0L;
            for (var stretch = 0; stretch < MostStretches && Take(rows, ref at, (end ?? 0) - OutboxOptions.Salvaged, take); stretch++)
                if (NextReadable(rows, at, end ?? at + Blind) is { } next) at = next;
                else break;
        }
        catch (SqliteException)
        {
            // There is no such table any more.
        }
    }

    /// <returns>Whether it ended at something unreadable, behind <paramref name="at"/>.</returns>
    private static bool Take(Statement rows, ref long at, long newest, Action<Met> take)
    {
        try
        {
            rows.Reset();
            rows.Bind(1, at);
            for (var damaged = 0; rows.Step();)
            {
                var row = new EnvelopeRow(rows);
                if (!row.IsWhole)
                {
                    // Its arrival number is worth no more than the rest: believed, it may hide all the rows behind it.
                    take(new Met(at, null));
                    if (++damaged > MostDamaged) return true;
                    continue;
                }

                // A damaged tree may lead in a circle.
                if (row.Arrival <= at) return true;
                (at, damaged) = (row.Arrival, 0);
                if (!row.Finished || at > newest) take(new Met(at, EnvelopeHeader.TryRead(row.Bytes, out _) ? row.Read() : null));
            }

            return false;
        }
        catch (SqliteException)
        {
            return true;
        }
    }

    /// <summary>The lowest arrival number behind which whole rows can be read again; null when there is none.</summary>
    private static long? NextReadable(Statement rows, long at, long end)
    {
        var (bad, good) = (at, at + 1);
        for (var step = 1L; !IsReadable(rows, good); step *= 2)
        {
            if (good >= end) return null;
            (bad, good) = (good, Math.Min(good + step, end));
        }

        while (good - bad > 1)
        {
            var middle = bad + ((good - bad) / 2);
            if (IsReadable(rows, middle)) good = middle;
            else bad = middle;
        }

        return good;
    }

    private static bool IsReadable(Statement rows, long after)
    {
        try
        {
            rows.Reset();
            rows.Bind(1, after);
            return !rows.Step() || (new EnvelopeRow(rows) is { IsWhole: true } row && row.Arrival > after);
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private long? LastArrival()
    {
        try
        {
            using var last = new Statement(connection, "SELECT MAX(arrival) FROM envelope");
            return last.Step() && !last.IsNull(0) ? last.Integer(0) : null;
        }
        catch (SqliteException)
        {
            return null;
        }
    }
}
