using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Tells what is broken for good from what a person can mend. A store that is broken is put aside and the node goes on; one that another process
/// uses, that a newer version wrote, or that the disk does not give, is no reason to begin anew: that would hide good data.
/// </summary>
internal static class Breakage
{
    private static ReadOnlySpan<byte> JournalMagic => [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];

    /// <summary>The files that make up one store, the database first.</summary>
    public static IReadOnlyList<string> PartsOf(string path) => [path, path + "-wal", path + "-journal", path + "-shm"];

    /// <summary>Why the store cannot be used, for people; null when it is not the store that is broken.</summary>
    /// <param name="path">The database, which nothing in this process has open.</param>
    /// <param name="problem">What came of using it.</param>
    public static string? Of(string path, Exception problem)
    {
        var meaning = Meaning(path, problem);
        return meaning is null ? null : $"{meaning} ({problem.Message})";
    }

    /// <summary>What is left of a store whose database is gone.</summary>
    public static string? Remains(string path)
    {
        if (OddFile.IsThere(path) && new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: 0 }) return null;
        var left = PartsOf(path).Skip(1).Where(part => Directory.Exists(part) || (File.Exists(part) && new FileInfo(part).Length > 0 && !IsOfFirstStart(part))).Select(Path.GetFileName).ToList();
        return left.Count == 0 ? null : $"the database is gone, and {string.Join(", ", left)} is left of it";
    }

    /// <summary>
    /// Whether it is the journal of a store that was being created: until its first page is there, the journal undoes it to a database of
    /// no pages (sqlite.org/fileformat2.html §3). A kill in between lost nothing. The magic is written last, just before the first sync.
    /// </summary>
    private static bool IsOfFirstStart(string part)
    {
        Span<byte> header = stackalloc byte[JournalMagic.Length + 12];
        if (!part.EndsWith("-journal", StringComparison.Ordinal) || OddFile.IsOdd(part)) return false;
        using var file = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && (header.StartsWith(JournalMagic) || header.IndexOfAnyExcept((byte)0) >= JournalMagic.Length)
            && BinaryPrimitives.ReadUInt32BigEndian(header[^4..]) == 0;
    }

    private static string? Meaning(string path, Exception problem)
    {
        if (problem is OutboxException { Failure: OutboxFailure.InUse or OutboxFailure.Unsupported or OutboxFailure.Full }) return null;
        if (problem is OutboxException { Failure: OutboxFailure.Foreign }) return "it is a database of another program";
        if (Odd(path) is { } odd) return odd;
        if (problem is OutboxException { Failure: OutboxFailure.Damaged }) return "it is damaged";
        var sqlite = problem as SqliteException ?? problem.InnerException as SqliteException;
        return sqlite?.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_NOMEM or raw.SQLITE_INTERRUPT => null,
            // A disk that does not give what it has is mended by people; a file that ends early is not.
            raw.SQLITE_IOERR when sqlite.SqliteExtendedErrorCode != raw.SQLITE_IOERR_SHORT_READ => null,
            raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                IsAtOurDisposal(path) ? "it is damaged" : null,
            null => problem is FormatException or InvalidOperationException ? "it holds what no version of this program writes" : null,
            _ => "it is damaged",
        };
    }

    /// <summary>What stands where a file should.</summary>
    private static string? Odd(string path)
    {
        foreach (var part in PartsOf(path))
        {
            if (OddFile.Describe(part) is { } odd) return $"{Path.GetFileName(part)} is {odd}";
            if (OddFile.LeadsNowhere(part)) return $"{Path.GetFileName(part)} is a link to {new FileInfo(part).LinkTarget}, where there is nothing";
        }

        return null;
    }

    /// <summary>Whether this account may read and write it all, so that what is wrong is inside.</summary>
    private static bool IsAtOurDisposal(string path)
    {
        try
        {
            foreach (var part in PartsOf(path).Where(File.Exists))
            {
                using var file = new FileStream(part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                _ = file.ReadByte();
            }

            var probe = path + ".probe";
            OddFile.Clear(probe);
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
