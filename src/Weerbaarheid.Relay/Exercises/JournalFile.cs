using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>What a journal says, in order.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="Unreadable">Lines that are no lines, such as one that a power cut tore.</param>
internal sealed record JournalContents(IReadOnlyList<JournalLine> Lines, int Unreadable);

/// <summary>
/// The journal of one exercise on disk: JSON lines, appended. When a part is full, the next begins; of too many parts the oldest goes, and
/// the numbers of the lines tell that.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>Parts that are kept.</summary>
    public const int Parts = 4;

    /// <summary>Bytes of a part: four of them hold some 150,000 lines.</summary>
    public const int PartBytes = 4 << 20;

    /// <summary>Bytes by which one line may go beyond the end of a part; a line tells of one frame at most.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly string _folder;
    private readonly int _exercise;
    private readonly long _partBytes;
    private FileStream _file;

    /// <param name="folder">Where the journals lie; it is made.</param>
    /// <param name="exercise">The number of the exercise.</param>
    /// <param name="partBytes">Bytes of a part.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public JournalFile(string folder, int exercise, long partBytes = PartBytes)
    {
        (_folder, _exercise, _partBytes) = (folder, exercise, partBytes);
        OddFile.MakeFolder(folder);
        OddFile.MakeWay(PathOf(folder, exercise, 0));
        var last = Read(folder, exercise).Lines is [.., var line] ? line.N : -1;
        Next = last + 1;
        _file = Create(PathOf(folder, exercise, 0), FileMode.Append);
        // What was torn must not take the next line with it.
        if (_file.Length > 0) _file.WriteByte((byte)'\n');
    }

    /// <summary>The number of the next line.</summary>
    public long Next { get; private set; }

    /// <summary>Appends a line under the next number; <see cref="Sync"/> puts it on disk.</summary>
    public void Append(JournalLine line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line with { N = Next++ }, JournalJson.Default.JournalLine);
        if (_file.Length + bytes.Length >= _partBytes) Turn();
        _file.Write(bytes);
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Puts what was appended on disk.</summary>
    public void Sync() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();

    /// <summary>Reads a journal, whole lines only. One of an exercise that has none is empty.</summary>
    public static JournalContents Read(string folder, int exercise)
    {
        var (lines, unreadable) = (new List<JournalLine>(), 0);
        for (var part = Parts - 1; part >= 0; part--)
        {
            using var reader = new StreamReader(new MemoryStream(Begin(PathOf(folder, exercise, part))));
            while (reader.ReadLine() is { } text)
            {
                if (text.Length == 0) continue;
                if (Parse(text) is { } line) lines.Add(line);
                else unreadable++;
            }
        }

        return new JournalContents(lines, unreadable);
    }

    /// <summary>Deletes a journal.</summary>
    public static void Delete(string folder, int exercise)
    {
        for (var part = 0; part < Parts; part++) OddFile.Clear(PathOf(folder, exercise, part));
    }

    /// <summary>A file for this account alone.</summary>
    public static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>What a part can hold of it; behind that lies nothing that was written here.</summary>
    private static byte[] Begin(string path) => !File.Exists(path) || OddFile.IsOdd(path) ? [] : SmallFile.Begin(path, PartBytes + LongestLine);

    private static JournalLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, JournalJson.Default.JournalLine) is { Event: not null } line ? line : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string PathOf(string folder, int exercise, int part) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"journal-{exercise}{(part == 0 ? "" : $".{part}")}.jsonl"));

    private void Turn()
    {
        Sync();
        _file.Dispose();
        for (var part = Parts - 1; part > 0; part--)
        {
            var (from, to) = (PathOf(_folder, _exercise, part - 1), PathOf(_folder, _exercise, part));
            OddFile.MakeWay(to);
            if (File.Exists(from)) File.Move(from, to, overwrite: true);
        }

        _file = Create(PathOf(_folder, _exercise, 0), FileMode.Append);
    }
}
