using Weerbaarheid.Relay.Simulation.Disk;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>What a file held at some moment. Images share the pages in which they do not differ.</summary>
internal sealed class FileImage
{
    private const int Page = 1024;
    private static readonly byte[] Zeroes = new byte[Page];
    private readonly byte[][] _pages;

    private FileImage(byte[][] pages, int size) => (_pages, Size) = (pages, size);

    public static FileImage Empty { get; } = new([], 0);

    public int Size { get; }

    /// <summary>The image after some calls to the file, in order.</summary>
    public FileImage After(IEnumerable<TraceCall> calls)
    {
        var (pages, size, own) = (_pages.ToList(), Size, new HashSet<int>());
        foreach (var call in calls)
        {
            var end = call.Call == Call.Write ? Math.Max(size, call.At + call.Bytes!.Length) : call.At;
            while (pages.Count * Page < end) pages.Add(Zeroes);
            if (end < size) Clear(pages, own, end);
            size = end;
            if (call.Call == Call.Write) Write(pages, own, call.At, call.Bytes);
        }

        return new FileImage([.. pages], size);
    }

    public void CopyTo(SimulatedFile file)
    {
        var target = file.Overwrite(Size);
        for (var page = 0; page < _pages.Length; page++)
            _pages[page].AsSpan(0, Math.Min(Page, Size - (page * Page))).CopyTo(target[(page * Page)..]);
    }

    private static void Write(List<byte[]> pages, HashSet<int> own, int at, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, Page - (at % Page));
            bytes[..length].CopyTo(Own(pages, own, at / Page).AsSpan(at % Page));
            at += length;
            bytes = bytes[length..];
        }
    }

    private static void Clear(List<byte[]> pages, HashSet<int> own, int end)
    {
        var kept = (end + Page - 1) / Page;
        pages.RemoveRange(kept, pages.Count - kept);
        own.RemoveWhere(page => page >= kept);
        if (end % Page > 0) Own(pages, own, kept - 1).AsSpan(end % Page).Clear();
    }

    private static byte[] Own(List<byte[]> pages, HashSet<int> own, int page)
    {
        if (own.Add(page)) pages[page] = [.. pages[page]];
        return pages[page];
    }
}
