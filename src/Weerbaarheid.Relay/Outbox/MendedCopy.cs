using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// A copy of a broken store with a whole list of its tables. Without that list SQLite finds nothing, though every row is there; and one bit
/// in page 1, or in the few pages behind it, is enough. But the list is known: each store of this version is made in the same steps, so it is
/// the same bytes in the same pages. In a store that an older version began it may not be; then the copy gives no more than the store itself.
/// </summary>
internal static class MendedCopy
{
    private const int FileHeader = 100;

    /// <summary>Kind, then 2 bytes each: free block, number of cells, start of their content; a byte, and on an inner page the last child.</summary>
    private const int CellsAt = 3, LastChildAt = 8, InnerHeader = 12;
    private const byte InnerPage = 5;

    /// <summary>Of the size that the header tells, and of the free pages: what a new file says of itself is not true of this one. 0 is not known.</summary>
    private const int SizeAt = 28, SizeLength = 12;

    /// <summary>Makes it beside the store; its log is copied too.</summary>
    /// <returns>Where it lies; null when the disk does not take it.</returns>
    public static string? Make(string path)
    {
        var (copy, blank) = (path + ".mended", path + ".blank");
        try
        {
            Remove(copy);
            Remove(blank);
            using (var store = StoreFile.Open(blank, OutboxOptions.Default.MaxBytes)) store.Checkpoint();
            var list = File.ReadAllBytes(blank);
            list.AsSpan(SizeAt, SizeLength).Clear();
            var pages = PagesOfList(list).ToDictionary(number => number, number => Page(list, number).ToArray());
            File.Copy(path, copy);
            using (var file = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite))
                foreach (var (number, page) in pages) RandomAccess.Write(file, page, (number - 1L) * StoreFile.PageSize);
            CopyLog(path + "-wal", copy + "-wal", pages);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutboxException or SqliteException)
        {
            Remove(copy);
            return null;
        }
        finally
        {
            Remove(blank);
        }
    }

    /// <summary>Takes it away; it can be made again.</summary>
    public static void Remove(string path)
    {
        try
        {
            foreach (var part in Breakage.PartsOf(path)) File.Delete(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lies in the way of nobody, and goes with the store that it was made of.
        }
    }

    // The log holds newer copies of pages, and may hold a broken one of these.
    private static void CopyLog(string from, string to, Dictionary<int, byte[]> pages)
    {
        if (StoreBytes.OfSystem.Read(from) is not { } log) return;
        LogRepair.Overwrite(log, StoreFile.PageSize, pages);
        File.WriteAllBytes(to, log);
    }

    /// <summary>Page 1, and what its tree holds: two levels are more than enough for these few tables.</summary>
    private static List<int> PagesOfList(byte[] file)
    {
        var pages = new List<int> { 1 };
        var root = Page(file, 1)[FileHeader..];
        if (root[0] != InnerPage) return pages;
        for (var cell = 0; cell < BinaryPrimitives.ReadUInt16BigEndian(root[CellsAt..]); cell++)
        {
            var at = BinaryPrimitives.ReadUInt16BigEndian(root[(InnerHeader + (2 * cell))..]);
            pages.Add(BinaryPrimitives.ReadInt32BigEndian(Page(file, 1)[at..]));
        }

        pages.Add(BinaryPrimitives.ReadInt32BigEndian(root[LastChildAt..]));
        return pages;
    }

    private static ReadOnlySpan<byte> Page(byte[] file, int number) => file.AsSpan((number - 1) * StoreFile.PageSize, StoreFile.PageSize);
}
