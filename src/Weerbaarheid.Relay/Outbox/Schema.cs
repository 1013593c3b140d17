using System.Globalization;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The tables of the store, and how an older store becomes a newer one.</summary>
internal static class Schema
{
    /// <summary>What <c>PRAGMA application_id</c> says of our files: "WRLY".</summary>
    public const long ApplicationId = 0x57524C59;

    /// <summary>The newest schema, as <c>PRAGMA user_version</c> has it.</summary>
    public const int Version = 4;

    // envelope.arrival is given out by this program: AUTOINCREMENT would dirty a page more at every commit. Moments are
    // in ticks of 100 ns. Small columns stand first, so that a filter never touches the pages that a long blob spills into.
    // quarantine.c1 to c16 hold a row of any table as it lay; the envelope is the widest.
    // mark_a and mark_b are written in turn: damage to the page of one leaves the other, one commit older.
    private const string First = """
        CREATE TABLE envelope(
            arrival INTEGER PRIMARY KEY, origin INTEGER NOT NULL, series INTEGER NOT NULL, sequence INTEGER NOT NULL,
            type INTEGER NOT NULL, priority INTEGER NOT NULL, state INTEGER NOT NULL, custody INTEGER NOT NULL,
            delivered INTEGER NOT NULL, announced INTEGER NOT NULL, born INTEGER NOT NULL, received INTEGER NOT NULL,
            client_ref TEXT, reference TEXT, crc INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX envelope_key ON envelope(origin, series, sequence);
        CREATE TABLE window(
            origin INTEGER NOT NULL, type INTEGER NOT NULL, destination INTEGER NOT NULL, highest INTEGER NOT NULL,
            seen BLOB NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY(origin, type, destination)) STRICT, WITHOUT ROWID;
        CREATE TABLE reference(
            reference TEXT NOT NULL PRIMARY KEY, origin INTEGER NOT NULL, series INTEGER NOT NULL, sequence INTEGER NOT NULL,
            at INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE tally(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE mark_a(
            id INTEGER PRIMARY KEY, number INTEGER NOT NULL, time INTEGER NOT NULL, records INTEGER NOT NULL,
            states INTEGER NOT NULL, envelopes INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT;
        CREATE TABLE mark_b(
            id INTEGER PRIMARY KEY, number INTEGER NOT NULL, time INTEGER NOT NULL, records INTEGER NOT NULL,
            states INTEGER NOT NULL, envelopes INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT;
        CREATE TABLE quarantine(
            id INTEGER PRIMARY KEY, source TEXT NOT NULL, reason TEXT NOT NULL,
            c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16);
        """;

    // Rows that no longer count go when the next is written, whatever their band: a renamed band leaves nothing behind.
    private const string Second = """
        CREATE TABLE airtime(
            band TEXT NOT NULL, minute INTEGER NOT NULL, spent INTEGER NOT NULL, crc INTEGER NOT NULL,
            PRIMARY KEY(band, minute)) STRICT, WITHOUT ROWID;
        """;

    // Keys of later epochs than the key file's: a site has at most a handful of them.
    private const string Third = """
        CREATE TABLE epoch_key(
            epoch INTEGER PRIMARY KEY, site_key BLOB NOT NULL, network_key BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
        """;

    // Null in what an older version wrote: it is not known then, and not missed.
    private const string Sums = """
        ALTER TABLE mark_a ADD COLUMN envelope_sum INTEGER;
        ALTER TABLE mark_a ADD COLUMN window_sum INTEGER;
        ALTER TABLE mark_a ADD COLUMN reference_sum INTEGER;
        ALTER TABLE mark_a ADD COLUMN tally_sum INTEGER;
        ALTER TABLE mark_a ADD COLUMN airtime_sum INTEGER;
        ALTER TABLE mark_b ADD COLUMN envelope_sum INTEGER;
        ALTER TABLE mark_b ADD COLUMN window_sum INTEGER;
        ALTER TABLE mark_b ADD COLUMN reference_sum INTEGER;
        ALTER TABLE mark_b ADD COLUMN tally_sum INTEGER;
        ALTER TABLE mark_b ADD COLUMN airtime_sum INTEGER;
        """;

    /// <summary>What each version is made of, from version 1.</summary>
    private static readonly Lazy<string[]> Shapes = new(MakeShapes);

    /// <summary>Looks whose file it is, before anything in it is changed but the two numbers that say so.</summary>
    /// <returns>The schema it has; 0 for a new file.</returns>
    /// <exception cref="OutboxException">The file is not ours, newer than this program, or half a store.</exception>
    public static int Identify(SqliteConnection connection, string file)
    {
        var owner = ReadNumber(connection, "PRAGMA application_id");
        var version = ReadNumber(connection, "PRAGMA user_version");
        var shape = ShapeOf(connection);
        if ((shape, owner, version) == ("", 0, 0)) return 0;
        // What is in it says more than a number of four bytes, in which one flipped bit is another version, or another program.
        var found = VersionOf(shape);
        if (found > 0)
        {
            if ((owner, version) != (ApplicationId, found)) Pragma.Execute(connection, $"PRAGMA application_id={ApplicationId}; PRAGMA user_version={found};");
            return found;
        }

        if (owner != ApplicationId)
            throw new OutboxException($"The file {file} is a database of another program.", null, OutboxFailure.Foreign);
        if (version > Version)
            throw Unsupported($"The store {file} was written by a newer version of this program (schema {version}; this one knows {Version}). Install that version again.");
        throw new OutboxException($"The store {file} does not hold the tables of schema {version}.", null, OutboxFailure.Damaged);
    }

    /// <summary>Brings the store from a schema to <see cref="Version"/>, a transaction for each step.</summary>
    public static void Upgrade(SqliteConnection connection, int from)
    {
        for (var version = from; version < Version; version++) Pragma.Execute(connection, Step(version));
    }

    /// <summary>The list of tables with the pages that they begin at, which is the same in every store that was made by this version; null when it cannot be read.</summary>
    public static string? ListOf(SqliteConnection connection)
    {
        try
        {
            return Pragma.ReadQuery(connection, "SELECT group_concat(name || rootpage || COALESCE(sql, ''), ';' ORDER BY name) FROM sqlite_schema");
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    /// <summary>All that a database is made of, as SQLite keeps it.</summary>
    private static string ShapeOf(SqliteConnection connection) =>
        Pragma.ReadQuery(connection, "SELECT COALESCE(group_concat(sql, ';' ORDER BY name), '') FROM sqlite_schema WHERE sql IS NOT NULL");

    /// <summary>The version of a shape; 0 when it is none of ours.</summary>
    private static int VersionOf(string shape) => Array.IndexOf(Shapes.Value, shape) + 1;

    private static string[] MakeShapes()
    {
        using var blank = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = ":memory:", Pooling = false }.ToString());
        blank.Open();
        var shapes = new string[Version];
        for (var version = 0; version < Version; version++)
        {
            Pragma.Execute(blank, Step(version));
            shapes[version] = ShapeOf(blank);
        }

        return shapes;
    }

    private static string Step(int from) => from switch
    {
        0 => $"BEGIN IMMEDIATE; {First} PRAGMA application_id={ApplicationId}; PRAGMA user_version=1; COMMIT;",
        1 => $"BEGIN IMMEDIATE; {Second} PRAGMA user_version=2; COMMIT;",
        2 => $"BEGIN IMMEDIATE; {Third} PRAGMA user_version=3; COMMIT;",
        3 => $"BEGIN IMMEDIATE; {Sums} PRAGMA user_version=4; COMMIT;",
        _ => throw new InvalidOperationException($"There is no step from schema {from}."),
    };

    private static long ReadNumber(SqliteConnection connection, string sql) =>
        long.Parse(Pragma.ReadQuery(connection, sql), CultureInfo.InvariantCulture);

    private static OutboxException Unsupported(string message) => new(message, null, OutboxFailure.Unsupported);
}
