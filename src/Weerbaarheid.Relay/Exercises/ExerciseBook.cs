using System.Text.Json;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>An exercise of this node.</summary>
/// <param name="Number">From 1, in the order in which they began.</param>
/// <param name="Name">As people call it; the newest of that name is meant.</param>
/// <param name="Began">Wall clock.</param>
/// <param name="Ended">Wall clock; null while it goes on.</param>
internal sealed record ExerciseEntry(int Number, string Name, DateTimeOffset Began, DateTimeOffset? Ended);

/// <summary>
/// The exercises of a node, in a small file of its data folder that is synced before anything is marked. At most one goes on. Safe to call
/// from several threads; what goes on is read without a lock.
/// </summary>
internal sealed class ExerciseBook
{
    /// <summary>Exercises that are kept, the newest; an older one goes with its journal.</summary>
    public const int Most = 32;

    /// <summary>Characters of a name at most.</summary>
    public const int LongestName = 80;

    /// <summary>Bytes of the book: more than <see cref="Most"/> of the longest names need, each character written as an escape.</summary>
    private const int LargestBook = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private List<ExerciseEntry> _entries;
    private ExerciseEntry? _current;

    /// <param name="dataFolder">The node's data folder; the book makes a folder in it when the first exercise begins.</param>
    public ExerciseBook(string dataFolder)
    {
        Folder = Path.Combine(dataFolder, "exercises");
        _path = Path.Combine(Folder, "exercises.json");
        _entries = Read(_path);
        _current = Open(_entries);
    }

    /// <summary>Where the book and the journals lie.</summary>
    public string Folder { get; }

    /// <summary>The exercise that goes on; null when there is none.</summary>
    public ExerciseEntry? Current => Volatile.Read(ref _current);

    /// <summary>All that are kept, oldest first.</summary>
    public IReadOnlyList<ExerciseEntry> All
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>Whether this can be the name of an exercise.</summary>
    public static bool IsName(string? name) => name?.Trim() is { Length: > 0 and <= LongestName } && !name.Any(char.IsControl);

    /// <summary>The newest exercise of a name; null when there is none.</summary>
    public ExerciseEntry? Find(string name) => All.LastOrDefault(entry => string.Equals(entry.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Begins one; when this returns, that is on disk.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="now">Wall clock.</param>
    /// <param name="after">The number of the exercise that must be the newest, 0 for none, so that an order that comes twice is one exercise; null for any.</param>
    /// <returns>Null when another goes on, or is newer.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ExerciseEntry? Start(string name, DateTimeOffset now, int? after = null)
    {
        lock (_gate)
        {
            var newest = _entries.Count == 0 ? 0 : _entries[^1].Number;
            if (_current is not null || (after is not null && after != newest)) return null;
            var entry = new ExerciseEntry(newest + 1, name.Trim(), now, null);
            var kept = _entries.Append(entry).TakeLast(Most).ToList();
            Write(kept);
            foreach (var old in _entries.Except(kept)) JournalFile.Delete(Folder, old.Number);
            (_entries, _current) = (kept, entry);
            return entry;
        }
    }

    /// <summary>Ends the one that goes on; when this returns, that is on disk.</summary>
    /// <param name="now">Wall clock.</param>
    /// <param name="only">The number that it must have; null for any.</param>
    /// <returns>The one that ended; null when there was none.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public ExerciseEntry? Stop(DateTimeOffset now, int? only = null)
    {
        lock (_gate)
        {
            if (_current is not { } current || (only is not null && only != current.Number)) return null;
            // A clock that was set back must not make it end before it began.
            var ended = current with { Ended = now > current.Began ? now : current.Began };
            var kept = _entries.Select(entry => entry.Number == ended.Number ? ended : entry).ToList();
            Write(kept);
            (_entries, _current) = (kept, null);
            return ended;
        }
    }

    private static ExerciseEntry? Open(List<ExerciseEntry> entries) => entries is [.., { Ended: null } last] ? last : null;

    private static List<ExerciseEntry> Read(string path)
    {
        if (!OddFile.IsThere(path)) return [];
        try
        {
            using var document = JsonDocument.Parse(SmallFile.Read(path, LargestBook));
            return [.. document.RootElement.EnumerateArray().Take(Most).Select(one => new ExerciseEntry(
                one.GetProperty("number").GetInt32(), one.GetProperty("name").GetString()!, one.GetProperty("began").GetDateTimeOffset(),
                one.GetProperty("ended") is { ValueKind: JsonValueKind.String } ended ? ended.GetDateTimeOffset() : null))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Damaged, or not to be read: then nothing is marked, because a real melding that says OEFENING is worse than the other way round.
            KeepForPeople(path);
            return [];
        }
    }

    /// <summary>It stays for people to look at, where the folder allows that; a node starts without it.</summary>
    private static void KeepForPeople(string path)
    {
        try
        {
            var damaged = path + ".damaged";
            OddFile.MakeWay(path);
            OddFile.MakeWay(damaged);
            if (File.Exists(path)) File.Move(path, damaged, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be moved is read anew at the next start, and gives no more than now.
        }
    }

    private void Write(List<ExerciseEntry> entries)
    {
        var next = _path + ".next";
        var document = JsonBytes.Write(json =>
        {
            json.WriteStartArray();
            foreach (var entry in entries) Write(json, entry);
            json.WriteEndArray();
        });
        try
        {
            OddFile.MakeFolder(Folder);
            OddFile.Clear(next);
            OddFile.MakeWay(_path);
            using (var file = JournalFile.Create(next, FileMode.Create))
            {
                file.Write(document);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, _path, overwrite: true);
            FolderSync.Sync(Folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Writes one as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ExerciseEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("number", entry.Number);
        json.WriteString("name", entry.Name);
        json.WriteString("began", entry.Began);
        if (entry.Ended is { } ended) json.WriteString("ended", ended);
        else json.WriteNull("ended");
        json.WriteEndObject();
    }
}
