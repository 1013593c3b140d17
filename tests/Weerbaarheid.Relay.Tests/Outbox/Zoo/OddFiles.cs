using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Outbox.Zoo;

/// <summary>What somebody may leave in a data folder, beside a good store and in the place of what a node keeps there.</summary>
internal static class OddFiles
{
    private const long ThreeGibibytes = 3L << 30;

    public static IReadOnlyList<BrokenStores.Animal> All { get; } =
    [
        new("3 GiB of nothing behind the log", Fate.Same, db => Grow(db + "-wal")),
        new("a log of 3 GiB of nothing", Fate.Same, db => { BrokenStores.Whole(db); Grow(db + "-wal"); }),
        new("a broken database with a log of 3 GiB", Fate.Salvaged, db => { BrokenStores.Whole(db); ZeroFirstPage(db); Grow(db + "-wal"); }),
        new("a journal of 3 GiB of nothing", Fate.Same, db => Grow(db + "-journal")),
        new("a link to nothing in the place of the log, and a note that there was one", Fate.Salvaged, db =>
        {
            BrokenStores.Whole(db);
            File.Delete(db + "-wal");
            File.CreateSymbolicLink(db + "-wal", "/nowhere/that/anybody/could/ever/go/or/want/to");
            File.WriteAllText(Beside(db, "life.log"), "");
        }),
        new("a link to nothing in the place of the journal, without a database", Fate.Afresh, db =>
        {
            File.Delete(db);
            File.Delete(db + "-wal");
            File.CreateSymbolicLink(db + "-journal", "/nowhere");
        }),

        new("a link to nothing in the place of the note of the log", Fate.Same, db => Link(Beside(db, "life.log"), "/nowhere")),
        new("a link to itself in the place of the note of the log", Fate.Same, db => Link(Beside(db, "life.log"), Beside(db, "life.log"))),
        new("a note of the log of 3 GiB", Fate.Same, db => Grow(Beside(db, "life.log"))),
        new("a folder in the place of the note of the log, and a hundred put aside", Fate.Same, db =>
        {
            Folder(Beside(db, "life.log"));
            for (var number = 1; number <= 100; number++) File.WriteAllText(Beside(db, $"life.log.aside-{number}"), "");
        }),
        new("a folder in the place of the next life", Fate.New, db => { File.Delete(db); File.Delete(db + "-wal"); Folder(Beside(db, "life.new")); }),

        new("a file in the place of the first broken store", Fate.Afresh, db => { Spoil(db); Folder(Beside(db, "quarantine")); File.WriteAllText(Beside(db, "quarantine/1"), "x"); }),
        new("the highest number in the quarantine", Fate.Afresh, db => { Spoil(db); Folder(Beside(db, "quarantine")); Folder(Beside(db, $"quarantine/{long.MaxValue}")); }),
        new("a link to nothing in the place of the quarantine", Fate.Afresh, db => { Spoil(db); Link(Beside(db, "quarantine"), "/nowhere"); }),

        new("a folder in the place of the exercises", Fate.Same, db => Folder(Book(db))),
        new("a pipe in the place of the exercises", Fate.Same, db => NamedPipe.Make(Book(db))),
        new("a link to itself in the place of the exercises", Fate.Same, db => Link(Book(db), Book(db))),
        new("exercises of 3 GiB", Fate.Same, db => Grow(Book(db))),
        new("broken exercises, and a folder where they would be kept", Fate.Same, db => { File.WriteAllText(Book(db), "["); Folder(Book(db) + ".damaged"); }),
        new("a link to itself in the place of their folder", Fate.Same, db => Link(Beside(db, "exercises"), Beside(db, "exercises"))),
    ];

    /// <summary>Sparse: it takes no room, and reads as zeros.</summary>
    public static void Grow(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate);
        file.SetLength(ThreeGibibytes);
    }

    private static string Beside(string db, string name) => Path.Combine(Path.GetDirectoryName(db)!, name);

    private static string Book(string db) => Path.Combine(Directory.CreateDirectory(Beside(db, "exercises")).FullName, "exercises.json");

    private static void Spoil(string db)
    {
        File.WriteAllText(db, "broken");
        File.Delete(db + "-wal");
    }

    private static void ZeroFirstPage(string db)
    {
        using var file = new FileStream(db, FileMode.Open);
        file.Write(new byte[StoreFile.PageSize]);
    }

    private static void Folder(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "x"), "x");
    }

    private static void Link(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }
}
