using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>What a process asked the system to do with the files of a store.</summary>
internal enum Call
{
    Create,
    Write,
    Resize,
    Sync,
    SyncFolder,
    Delete,
    Rename,

    /// <summary>The process told the world that a commit is on disk.</summary>
    Acknowledge,
}

/// <summary>One call, in the order in which they were made.</summary>
/// <param name="Call">Which.</param>
/// <param name="File">The file, numbered as they were created: a name that is used again is another file.</param>
/// <param name="Name">The name that was made, taken away or changed.</param>
/// <param name="At">Where it was written, the new length, or the commit that was acknowledged.</param>
/// <param name="Bytes">What was written.</param>
/// <param name="To">The new name.</param>
internal sealed record TraceCall(Call Call, int File = -1, string Name = "", int At = 0, byte[]? Bytes = null, string To = "");

/// <summary>The recorded calls of one store, read from what strace wrote.</summary>
internal sealed class Trace
{
    /// <summary>The word before the number of a commit that has returned.</summary>
    public const string Acknowledged = "acknowledged";

    private readonly List<TraceCall> _calls = [];
    private readonly Dictionary<string, int> _files = [];
    private readonly string _folder;
    private int _created;

    private Trace(string folder) => _folder = folder;

    public IReadOnlyList<TraceCall> Calls => _calls;

    /// <summary>Reads the trace of the thread that used the store; there must be one.</summary>
    /// <param name="threads">A file for each thread.</param>
    /// <param name="folder">Where the store lay.</param>
    public static Trace Read(IEnumerable<string> threads, string folder)
    {
        var mark = Hex(folder);
        var used = threads.Select(File.ReadAllLines).Where(lines => lines.Any(line => line.Contains(mark, StringComparison.Ordinal))).ToList();
        if (used.Count != 1) throw new InvalidOperationException($"{used.Count} threads used the store; their order is not known.");
        var trace = new Trace(folder);
        foreach (var line in used[0]) trace.Add(line, mark);
        return trace;
    }

    /// <summary>The same calls in another order or without some, as somebody's mistake would have made them.</summary>
    public Trace With(Func<IReadOnlyList<TraceCall>, IEnumerable<TraceCall>> mistake)
    {
        var other = new Trace(_folder);
        other._calls.AddRange(mistake(_calls));
        return other;
    }

    private void Add(string line, string mark)
    {
        var call = line[..Math.Max(0, line.IndexOf('('))];
        if (call == "write" && Text(line, 0).StartsWith(Acknowledged, StringComparison.Ordinal))
            _calls.Add(new TraceCall(Call.Acknowledge, At: int.Parse(Text(line, 0).AsSpan(Acknowledged.Length + 1), CultureInfo.InvariantCulture)));
        if (!line.Contains(mark, StringComparison.Ordinal)) return;
        var result = line[(line.LastIndexOf(" = ", StringComparison.Ordinal) + 3)..];
        if (result[0] == '-') return;
        switch (call)
        {
            case "openat":
                if (line.Contains("O_CREAT", StringComparison.Ordinal)) Create(NameOf(Text(line, 0)));
                break;
            case "pwrite64":
                var bytes = Unhex(Between(line, "\"", "\""));
                if (int.Parse(result, CultureInfo.InvariantCulture) != bytes.Length) throw Unknown(line);
                _calls.Add(new TraceCall(Call.Write, FileOf(line), At: Last(line), Bytes: bytes));
                break;
            case "ftruncate": _calls.Add(new TraceCall(Call.Resize, FileOf(line), At: Last(line))); break;
            case "fsync" or "fdatasync":
                var path = Encoding.UTF8.GetString(Unhex(Between(line, "<", ">")));
                _calls.Add(path == _folder ? new TraceCall(Call.SyncFolder) : new TraceCall(Call.Sync, _files[NameOf(path)]));
                break;
            case "unlink":
                var gone = NameOf(Text(line, 0));
                _calls.Add(new TraceCall(Call.Delete, _files[gone], gone));
                _files.Remove(gone);
                break;
            case "rename":
                var (from, to) = (NameOf(Text(line, 0)), NameOf(Text(line, 1)));
                _calls.Add(new TraceCall(Call.Rename, _files[from], from, To: to));
                _files[to] = _files[from];
                _files.Remove(from);
                break;
            default: throw Unknown(line);
        }
    }

    private void Create(string name)
    {
        if (_files.ContainsKey(name)) return;
        _calls.Add(new TraceCall(Call.Create, _files[name] = _created++, name));
    }

    private static InvalidOperationException Unknown(string line) => new($"The recording holds a call that is not understood: {line[..Math.Min(200, line.Length)]}");

    private int FileOf(string line) => _files[NameOf(Encoding.UTF8.GetString(Unhex(Between(line, "<", ">"))))];

    private string NameOf(string path) => Path.GetDirectoryName(path) == _folder
        ? Path.GetFileName(path) : throw new InvalidOperationException($"The store used {path}, which is not in its folder.");

    // The last number before the result: the place of a write, the length of a truncate.
    private static int Last(string line)
    {
        var end = line.LastIndexOf(')');
        return int.Parse(line.AsSpan(line.LastIndexOf(' ', end) + 1, end - line.LastIndexOf(' ', end) - 1), CultureInfo.InvariantCulture);
    }

    private static string Between(string line, string open, string close)
    {
        var from = line.IndexOf(open, StringComparison.Ordinal) + open.Length;
        return line[from..line.IndexOf(close, from, StringComparison.Ordinal)];
    }

    private static string Text(string line, int index) =>
        line.Split('"') is var parts && parts.Length > (2 * index) + 1 ? Encoding.UTF8.GetString(Unhex(parts[(2 * index) + 1])) : "";

    private static string Hex(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(one => $"\\x{one:x2}"));

    private static byte[] Unhex(string text) => Convert.FromHexString(text.Replace("\\x", "", StringComparison.Ordinal));
}
