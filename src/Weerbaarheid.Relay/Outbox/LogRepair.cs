using System.Buffers.Binary;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What is wrong with a write-ahead log.</summary>
/// <param name="Commits">Commits that lie behind the damage, and that SQLite by itself would leave out without a word.</param>
/// <param name="IsHealed">Whether they can be read again: what is damaged is in pages, where the check of each row finds it.</param>
internal readonly record struct LogDamage(int Commits, bool IsHealed);

/// <summary>
/// Tells a log that is damaged from one that ends in a commit that was under way. SQLite takes the first page whose check fails for
/// the end of the log: right after a power cut, and a silent loss of every later commit when a bit has flipped. The check of each
/// page rests on the one before it as that lies there, so pages behind the damage can still be told to be whole. Where two commits or
/// more lie behind it, it was no power cut, for each commit is synced before the next begins. Then the chain of checks is made anew.
/// </summary>
/// <remarks>The layout is in sqlite.org/fileformat2.html §4. Big-endian checks, which no machine of ours writes, are left alone.</remarks>
internal static class LogRepair
{
    private const int HeaderSize = 32, FrameHeaderSize = 24, SaltSize = 8, Sector = 512;
    private const uint LittleEndianChecks = 0x377F0682, Version = 3_007_000;

    /// <summary>Looks at a log, and heals in place what can be healed.</summary>
    /// <param name="log">The file, or the begin of it.</param>
    /// <param name="pageSize">Bytes in a page of our stores.</param>
    /// <param name="isWhole">
    /// Whether that is the whole file. When it is not, and the log goes on behind what is given, it is left alone: new checks would cut off what SQLite may read there.
    /// </param>
    /// <returns>Null when nothing is wrong with it that SQLite does not deal with.</returns>
    public static LogDamage? Heal(Span<byte> log, int pageSize, bool isWhole = true)
    {
        var frame = FrameHeaderSize + pageSize;
        var frames = (log.Length - HeaderSize) / frame;
        if (frames <= 0) return null;
        var hasHeader = IsHeader(log, pageSize);
        if (!hasHeader) MakeHeader(log, pageSize);
        var salts = log.Slice(16, SaltSize);
        // What was never overwritten since the log began anew is behind its end.
        var end = LastOurs(log, frames, frame) + 1;
        if (end == frames && !isWhole) return null;
        var (isDamaged, behind, last) = (!hasHeader, 0, 0);
        for (var i = 0; i < end; i++)
        {
            var at = log.Slice(HeaderSize + (i * frame), frame);
            var isOurs = at.Slice(8, SaltSize).SequenceEqual(salts);
            isDamaged |= !isOurs || Check(at, Before(log, i, frame, hasHeader)) != Stored(at, 16);
            if (!isOurs && IsHidden(log, i, frames, frame)) behind++;
            if (!isOurs || Word(at, 4) == 0) continue;
            if (isDamaged) behind++;
            last = i + 1;
        }

        if (behind < 2 && (hasHeader || behind == 0)) return null;
        if (HasHoles(log, last, frame)) return new LogDamage(behind, false);
        Reseal(log, last, frame);
        return new LogDamage(behind, true);
    }

    /// <summary>Whether a file begins as a log that something was committed to.</summary>
    public static bool IsLog(string path, int pageSize)
    {
        if (OddFile.IsOdd(path) || new FileInfo(path) is not { Exists: true, Length: > HeaderSize }) return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.ReadExactly(header);
        return IsHeader(header, pageSize);
    }

    /// <summary>Puts other bytes in the place of some pages, in a log as far as SQLite reads it.</summary>
    /// <param name="log">The whole file.</param>
    /// <param name="pageSize">Bytes in a page of our stores.</param>
    /// <param name="pages">What takes their place, by page number.</param>
    public static void Overwrite(Span<byte> log, int pageSize, IReadOnlyDictionary<int, byte[]> pages)
    {
        var (frame, whole) = (FrameHeaderSize + pageSize, 0);
        if (log.Length < HeaderSize || !IsHeader(log, pageSize)) return;
        for (var before = Stored(log, 24); whole < (log.Length - HeaderSize) / frame; whole++)
        {
            var at = log.Slice(HeaderSize + (whole * frame), frame);
            if (!at.Slice(8, SaltSize).SequenceEqual(log.Slice(16, SaltSize)) || Check(at, before) != Stored(at, 16)) break;
            before = Stored(at, 16);
            if (pages.TryGetValue((int)Word(at, 0), out var page)) page.CopyTo(at[FrameHeaderSize..]);
        }

        Reseal(log, whole, frame);
    }

    private static bool IsHeader(ReadOnlySpan<byte> log, int pageSize) =>
        Word(log, 0) == LittleEndianChecks && Word(log, 8) == pageSize && Sum(log[..24], default) == Stored(log, 24);

    /// <summary>A header with the salts of the first page.</summary>
    private static void MakeHeader(Span<byte> log, int pageSize)
    {
        BinaryPrimitives.WriteUInt32BigEndian(log, LittleEndianChecks);
        BinaryPrimitives.WriteUInt32BigEndian(log[4..], Version);
        BinaryPrimitives.WriteInt32BigEndian(log[8..], pageSize);
        log.Slice(HeaderSize + 8, SaltSize).CopyTo(log[16..]);
        Store(log, 24, Sum(log[..24], default));
    }

    private static void Reseal(Span<byte> log, int frames, int frame)
    {
        var before = Stored(log, 24);
        for (var i = 0; i < frames; i++)
        {
            var at = log.Slice(HeaderSize + (i * frame), frame);
            Store(at, 16, before = Check(at, before));
        }
    }

    // The check that the page before it carries. Behind a header that was made anew the first page proves nothing, and counts as whole.
    private static (uint, uint) Before(ReadOnlySpan<byte> log, int index, int frame, bool hasHeader)
    {
        if (index > 0) return Stored(log, HeaderSize + ((index - 1) * frame) + 16);
        return hasHeader ? Stored(log, 24) : default;
    }

    /// <summary>
    /// Whether a page that does not look like one of this log is one: the page behind it was written upon its check. It may be the end of a commit. Where a
    /// disk may cut between its salts and its check, that is what a power cut leaves, and proves nothing.
    /// </summary>
    private static bool IsHidden(ReadOnlySpan<byte> log, int index, int frames, int frame)
    {
        var start = HeaderSize + (index * frame);
        if (index + 1 >= frames || (start + 16) % Sector == 0) return false;
        var next = log.Slice(start + frame, frame);
        return next.Slice(8, SaltSize).SequenceEqual(log.Slice(16, SaltSize)) && Check(next, Stored(log, start + 16)) == Stored(next, 16);
    }

    /// <summary>-1 when there is none.</summary>
    private static int LastOurs(ReadOnlySpan<byte> log, int frames, int frame)
    {
        var last = frames - 1;
        while (last >= 0 && !log.Slice(HeaderSize + (last * frame) + 8, SaltSize).SequenceEqual(log.Slice(16, SaltSize))) last--;
        return last;
    }

    // A page of an older log, or one that no longer says which page it is.
    private static bool HasHoles(ReadOnlySpan<byte> log, int frames, int frame)
    {
        var most = Word(log, HeaderSize + ((frames - 1) * frame) + 4);
        for (var i = 0; i < frames; i++)
        {
            var at = log.Slice(HeaderSize + (i * frame), FrameHeaderSize);
            if (!at.Slice(8, SaltSize).SequenceEqual(log.Slice(16, SaltSize)) || Word(at, 0) == 0 || Word(at, 0) > most) return true;
        }

        return false;
    }

    private static (uint, uint) Check(ReadOnlySpan<byte> frame, (uint, uint) before) => Sum(frame[FrameHeaderSize..], Sum(frame[..8], before));

    private static (uint, uint) Sum(ReadOnlySpan<byte> bytes, (uint First, uint Second) sum)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            sum.First += BinaryPrimitives.ReadUInt32LittleEndian(bytes) + sum.Second;
            sum.Second += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + sum.First;
        }

        return sum;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static (uint, uint) Stored(ReadOnlySpan<byte> bytes, int at) => (Word(bytes, at), Word(bytes, at + 4));

    private static void Store(Span<byte> bytes, int at, (uint First, uint Second) sum)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], sum.First);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(at + 4)..], sum.Second);
    }
}
