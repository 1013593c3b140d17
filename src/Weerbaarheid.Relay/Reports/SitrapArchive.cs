using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Outbox;

namespace Weerbaarheid.Relay.Reports;

/// <summary>A situation report that a person released; what it said then stays as it was.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="At">When.</param>
/// <param name="By">Who answers for it, as he wrote himself.</param>
/// <param name="Text">What it says.</param>
/// <param name="Concept">The form that it came from: sent twice, it is one.</param>
/// <param name="BornAt">Node time of its release, by which retention counts; zero in a file that does not have it.</param>
internal sealed record ReleasedSitrap(int Number, DateTimeOffset At, string By, string Text, string Concept, TimeSpan BornAt);

/// <summary>
/// The released situation reports: a file for each, in the node's data folder. They are the desk's own papers and go nowhere by themselves, so they are no
/// messages. They hold what melders said, so nobody but the service reads them, and they go with what is old. A release is told only after its file is on disk. Safe to call from
/// several threads.
/// </summary>
/// <param name="data">The data folder; theirs is in it.</param>
internal sealed class SitrapArchive(string data)
{
    /// <summary>The newest that are kept: three weeks of one an hour.</summary>
    public const int Kept = 500;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private List<ReleasedSitrap>? _known;

    /// <summary>How many are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return Known.Count;
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReleasedSitrap> All()
    {
        lock (_gate) return [.. Known.AsEnumerable().Reverse()];
    }

    public ReleasedSitrap? Find(int number)
    {
        lock (_gate) return Known.Find(one => one.Number == number);
    }

    /// <summary>Whether an hour has passed since the last one. Before the first nobody is pressed.</summary>
    public bool IsDue(DateTimeOffset now)
    {
        lock (_gate) return Known.Count > 0 && now - Known[^1].At >= Period;
    }

    /// <summary>Keeps one, on disk.</summary>
    /// <exception cref="IOException">It could not be written; it was not released.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; it was not released.</exception>
    public ReleasedSitrap Release(string text, string by, string concept, DateTimeOffset at, TimeSpan bornAt)
    {
        lock (_gate)
        {
            if (Known.Find(one => one.Concept == concept) is { } earlier) return earlier;
            var next = new ReleasedSitrap((Known.Count > 0 ? Known[^1].Number : 0) + 1, at, by, text, concept, bornAt);
            Directory.CreateDirectory(Place);
            var (file, draft) = (FileOf(next.Number), Path.Combine(Place, "draft.tmp"));
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
            // What a failed release left may be readable for others.
            if (File.Exists(draft)) OverwrittenFile.Delete(draft);
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(next));
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file);
            Known.Add(next);
            while (Known.Count > Kept)
            {
                OverwrittenFile.Delete(FileOf(Known[0].Number));
                Known.RemoveAt(0);
            }

            return next;
        }
    }

    /// <summary>Overwrites and deletes what is old.</summary>
    /// <param name="cut">What is old.</param>
    /// <returns>How many went.</returns>
    /// <exception cref="IOException">One could not be deleted; what went before it is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be deleted.</exception>
    public int Erase(in ErasureCut cut)
    {
        lock (_gate)
        {
            var gone = 0;
            foreach (var old in Known.ToList())
            {
                if (!cut.Takes(old.BornAt, old.At)) continue;
                if (File.Exists(FileOf(old.Number))) OverwrittenFile.Delete(FileOf(old.Number));
                Known.Remove(old);
                gone++;
            }

            return gone;
        }
    }

    private string Place => Path.Combine(data, "sitraps");

    private List<ReleasedSitrap> Known => _known ??= Read();

    private string FileOf(int number) => Path.Combine(Place, string.Create(CultureInfo.InvariantCulture, $"sitrap-{number:D6}.json"));

    /// <summary>A file that cannot be read is passed over and stays where it is.</summary>
    private List<ReleasedSitrap> Read()
    {
        if (!Directory.Exists(Place)) return [];
        var known = new List<ReleasedSitrap>();
        foreach (var file in Directory.EnumerateFiles(Place, "sitrap-*.json").Order(StringComparer.Ordinal).TakeLast(Kept))
        {
            try
            {
                // An earlier version let others read them.
                if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~Owner) != 0) File.SetUnixFileMode(file, Owner);
                if (JsonSerializer.Deserialize<ReleasedSitrap>(File.ReadAllBytes(file)) is { Text: not null, By: not null, Concept: not null } one) known.Add(one);
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                // A damaged paper must not keep the desk from the next.
            }
        }

        return known;
    }
}
