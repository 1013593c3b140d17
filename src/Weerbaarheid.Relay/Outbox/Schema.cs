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
    public const int Version = 2;

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

    /// <summary>Looks whose file it is, before anything in it is changed.</summary>
    /// <returns>The schema it has; 0 for a new file.</returns>
    /// <exception cref="OutboxException">The file is not ours, or newer than this program.</exception>
    public static int Identify(SqliteConnection connection, string file)
    {
        var owner = ReadNumber(connection, "PRAGMA application_id");
        var version = ReadNumber(connection, "PRAGMA user_version");
        var objects = ReadNumber(connection, "SELECT COUNT(*) FROM sqlite_schema");
        if (owner != ApplicationId && (objects, owner, version) != (0, 0, 0))
            throw Unsupported($"The file {file} is a database of another program. Move it away or choose another data folder.");
        if (version is < 0 or > Version)
            throw Unsupported($"The store {file} was written by a newer version of this program (schema {version}; this one knows {Version}). Install that version again.");
        return (int)version;
    }

    /// <summary>Brings the store from a schema to <see cref="Version"/>, a transaction for each step.</summary>
    public static void Upgrade(SqliteConnection connection, int from)
    {
        for (var version = from; version < Version; version++) Pragma.Execute(connection, Step(version));
    }

    private static string Step(int from) => from switch
    {
        0 => $"BEGIN IMMEDIATE; {First} PRAGMA application_id={ApplicationId}; PRAGMA user_version=1; COMMIT;",
        1 => $"BEGIN IMMEDIATE; {Second} PRAGMA user_version=2; COMMIT;",
        _ => throw new InvalidOperationException($"There is no step from schema {from}."),
    };

    private static long ReadNumber(SqliteConnection connection, string sql) =>
        long.Parse(Pragma.ReadQuery(connection, sql), CultureInfo.InvariantCulture);

    private static OutboxException Unsupported(string message) => new(message, null, OutboxFailure.Unsupported);
}
