using System.Text;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Outbox.Zoo;

/// <summary>What a store must end in.</summary>
public enum Fate
{
    /// <summary>All that was stored is there.</summary>
    Same,

    /// <summary>Put aside, and what is whole of it is in the new store.</summary>
    Salvaged,

    /// <summary>Put aside; nothing could be read out of it, or there was nothing to read.</summary>
    Afresh,

    /// <summary>There was nothing to put aside: the store is new.</summary>
    New,

    /// <summary>An earlier state of the store, whole in itself.</summary>
    Earlier,
}

/// <summary>Some forty ways in which a store was seen to break, or may; each breaks the good store in a folder of its own.</summary>
internal static class BrokenStores
{
    private const int Page = 1024;

    /// <summary>Of the meldingen, those whose pages are in the first half: 166 to 174 were seen.</summary>
    private const int HalfLeast = 140;

    /// <summary>Eight pages of meldingen are gone, with six to a page: 351 were seen.</summary>
    private const int MiddleLeast = 330;

    /// <summary>
    /// Which page is the last depends on how the batches fell: one of an index costs nothing, a leaf of the envelopes all that lie on it. Twelve
    /// is the most that was counted on one, in four stores.
    /// </summary>
    private const int LeafLeast = GoodStore.Count - 12;

    /// <param name="Name">What was done to it.</param>
    /// <param name="Fate">What must come of it.</param>
    /// <param name="Break">Breaks the closed store (database and log) at a path.</param>
    internal sealed record Animal(string Name, Fate Fate, Action<string> Break)
    {
        /// <summary>Meldingen that must be saved of a store that is put aside: all, unless the pages that they lie on are gone.</summary>
        public int Least { get; init; } = GoodStore.Count;
    }

    public static IReadOnlyList<Animal> All { get; } =
    [
        new("as it was, with a log", Fate.Same, _ => { }),
        new("empty file", Fate.New, db => Alone(db, [])),
        new("missing", Fate.New, db => { File.Delete(db); File.Delete(db + "-wal"); }),
        new("log without database", Fate.Afresh, db => File.Delete(db)),
        new("log with an empty database", Fate.Afresh, db => File.WriteAllBytes(db, [])),
        new("journal without database", Fate.Afresh, db => { File.Move(db, db + "-journal"); File.Delete(db + "-wal"); }),
        new("database cut to 100 bytes", Fate.Afresh, db => Alone(db, Whole(db)[..100])),
        new("database cut to 1023 bytes", Fate.Afresh, db => Alone(db, Whole(db)[..1023])),
        new("database cut to one page", Fate.Afresh, db => Alone(db, Whole(db)[..Page])),
        new("database cut to half", Fate.Salvaged, db => Alone(db, Whole(db)[..(Whole(db).Length / 2)])) { Least = HalfLeast },
        new("database cut inside a page", Fate.Salvaged, db => Alone(db, Whole(db)[..((Whole(db).Length / 2) + 300)])) { Least = HalfLeast },
        new("database cut by its last page", Fate.Salvaged, db => Alone(db, Whole(db)[..^Page])) { Least = LeafLeast },
        new("page 1 zeroed", Fate.Salvaged, db => Alone(db, Zeroed(Whole(db), 0, Page))),
        new("header zeroed", Fate.Salvaged, db => Alone(db, Zeroed(Whole(db), 0, 100))),
        new("magic changed", Fate.Salvaged, db => Alone(db, Changed(Whole(db), 3, 0x40))),
        new("schema zeroed behind the header", Fate.Salvaged, db => Alone(db, Zeroed(Whole(db), 100, Page - 100))),
        new("middle zeroed", Fate.Salvaged, db => Alone(db, Zeroed(Whole(db), Whole(db).Length / 3 / Page * Page, 8 * Page))) { Least = MiddleLeast },
        new("second half zeroed", Fate.Salvaged, db => Alone(db, Zeroed(Whole(db), Whole(db).Length / 2 / Page * Page, (Whole(db).Length / 2) - Page))) { Least = HalfLeast },
        new("all zeroed", Fate.Afresh, db => Alone(db, new byte[Whole(db).Length])),
        new("NULs at the end", Fate.Same, db => Alone(db, [.. Whole(db), .. new byte[5000]])),
        new("random bytes", Fate.Afresh, db => Alone(db, Random(60_000))),
        new("a text file", Fate.Afresh, db => Alone(db, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("this is no database\n", 400))))),
        new("a database of another program", Fate.Afresh, db => { Alone(db, []); Sql(db, "CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)"); }),
        new("our mark on another program's tables", Fate.Afresh, db => { Alone(db, []); Sql(db, $"CREATE TABLE theirs(x); PRAGMA application_id={0x57524C59}; PRAGMA user_version=2"); }),
        new("a folder in its place", Fate.Afresh, db => { Alone(db, []); File.Delete(db); Directory.CreateDirectory(db); File.WriteAllText(Path.Combine(db, "x"), "x"); }),
        new("a folder in the place of the log", Fate.Salvaged, db => { Alone(db, Whole(db)); Directory.CreateDirectory(db + "-wal"); File.WriteAllText(Path.Combine(db + "-wal", "x"), "x"); }),
        new("a pipe in its place", Fate.Afresh, db => { Alone(db, []); File.Delete(db); NamedPipe.Make(db); }),
        new("a pipe in the place of the log", Fate.Salvaged, db => { Alone(db, Whole(db)); NamedPipe.Make(db + "-wal"); }),
        new("a link to a device in its place", Fate.Afresh, db => { Alone(db, []); File.Delete(db); File.CreateSymbolicLink(db, "/dev/zero"); }),
        new("a link to itself", Fate.Afresh, db => { Alone(db, []); File.Delete(db); File.CreateSymbolicLink(db, db); }),
        new("a link to nothing", Fate.Afresh, db => { Alone(db, []); File.Delete(db); File.CreateSymbolicLink(db, "/nowhere/at/all"); }),
        new("pages of another size", Fate.Same, db => { Alone(db, Whole(db)); Sql(db, "PRAGMA journal_mode=DELETE; PRAGMA page_size=4096; VACUUM"); }),
        new("page size in the header is wrong", Fate.Salvaged, db => Alone(db, Changed(Whole(db), 16, 0x0C))),
        new("write version in the header is wrong", Fate.Salvaged, db => Alone(db, Changed(Whole(db), 18, 0x08))),
        new("one table is missing", Fate.Salvaged, db => { Alone(db, Whole(db)); Sql(db, "DROP TABLE reference"); }),
        new("schema half made", Fate.Afresh, db => { Alone(db, []); Sql(db, $"CREATE TABLE envelope(arrival INTEGER PRIMARY KEY); PRAGMA application_id={0x57524C59}"); }),
        new("index of other rows", Fate.Salvaged, db => { Alone(db, Whole(db)); Sql(db, "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=(SELECT rootpage FROM sqlite_schema WHERE name='mark_b') WHERE name='envelope_key'"); }),
        new("root of a table points at itself", Fate.Salvaged, db => { Alone(db, Whole(db)); Sql(db, "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=1 WHERE name='tally'"); }),
        new("root of the envelopes points beyond the end", Fate.Salvaged, db => { Alone(db, Whole(db)); Sql(db, "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=99999 WHERE name='envelope'"); }),
        new("log of another database", Fate.Same, db => { Alone(db, Whole(db)); File.WriteAllBytes(db + "-wal", Random(40_000)); }),
        new("log cut inside a frame", Fate.Earlier, db => { Cut(db + "-wal", 3 * (Page + 24) + 700); }),
        new("log of 60 MB of nothing", Fate.Same, db => { Alone(db, Whole(db)); File.WriteAllBytes(db + "-wal", new byte[60_000_000]); }),
        new("hot journal of random bytes", Fate.Same, db => { Alone(db, Whole(db)); File.WriteAllBytes(db + "-journal", Random(20_000)); }),
        new("both counters gone", Fate.Same, db => { Alone(db, Whole(db)); Sql(db, "DELETE FROM mark_a; DELETE FROM mark_b"); }),
        new("a file in the place of the quarantine", Fate.Afresh, db => { Alone(db, Random(5_000)); File.WriteAllText(Path.Combine(Path.GetDirectoryName(db)!, "quarantine"), "x"); }),
    ];

    /// <summary>The database with its log copied in, as bytes.</summary>
    public static byte[] Whole(string db)
    {
        Sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        return File.ReadAllBytes(db);
    }

    public static void Sql(string db, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={db};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Alone(string db, byte[] bytes)
    {
        File.WriteAllBytes(db, bytes);
        File.Delete(db + "-wal");
        File.Delete(db + "-shm");
    }

    private static byte[] Zeroed(byte[] bytes, int from, int count)
    {
        bytes.AsSpan(from, Math.Min(count, bytes.Length - from)).Clear();
        return bytes;
    }

    private static byte[] Changed(byte[] bytes, int at, byte by)
    {
        bytes[at] ^= by;
        return bytes;
    }

    private static void Cut(string file, int length) => File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);

    private static byte[] Random(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
