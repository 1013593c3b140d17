using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Lives;

/// <summary>What can be said of the counters in a store.</summary>
internal enum CounterState
{
    /// <summary>They are what the last commit wrote.</summary>
    Sound,

    /// <summary>There is no store, or one that nothing was written to.</summary>
    None,

    /// <summary>There was a store, and they may be older than what was given out.</summary>
    Doubtful,
}

/// <summary>A life that a node goes on in.</summary>
/// <param name="Life">Which.</param>
/// <param name="IsNews">Whether the files do not say so yet.</param>
/// <param name="Reason">Why a life begins that is not the first; empty otherwise.</param>
internal readonly record struct LifeChoice(uint Life, bool IsNews, string Reason);

/// <summary>
/// The two places where a node keeps the last life of its counter: in the data folder, which may be lost with the store, and
/// beside the keys, which are what a number must not be used twice under.
/// </summary>
/// <param name="inData">In the data folder.</param>
/// <param name="besideKeys">Beside the key file; null for demonstration keys, which have none.</param>
/// <param name="drawn">A random life from 1 to <see cref="LastDrawn"/>, for when nothing is known; null for demonstration keys.</param>
internal sealed class LifeFiles(string inData, string? besideKeys, uint? drawn)
{
    /// <summary>The highest life that is drawn: enough are left behind it for any number of lost stores.</summary>
    public const uint LastDrawn = 0xFEFFFF;

    /// <summary>Bytes of <see cref="LogMark"/>: as many digits as a file can have.</summary>
    private const int LargestMark = 20;

    /// <summary>What a person should know of the files; null when all is well.</summary>
    public string? Remark { get; private set; }

    /// <summary>
    /// How many bytes the store's write-ahead log has at least; null when it may be empty. When it has less, the newest numbers are gone with what
    /// it held, and what is left of the store looks whole. A small file beside the life in the data folder.
    /// </summary>
    public long? LeastLog
    {
        get
        {
            if (!OddFile.IsThere(LogMark)) return null;
            // One that a power cut left half written, or that cannot be read, says at least that there is a log.
            return long.TryParse(SmallFile.Read(LogMark, LargestMark), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        }
    }

    private string LogMark => inData + ".log";

    /// <summary>
    /// The life to go on in. Where there is any doubt it is one more than the highest of which there is evidence, and where there is none
    /// at all, a random one: among 16 million, that it was used before is next to impossible.
    /// </summary>
    /// <param name="state">What can be said of the counters.</param>
    /// <param name="inStore">The highest life of which the store holds evidence; null when it holds none.</param>
    public LifeChoice Choose(CounterState state, uint? inStore)
    {
        var data = LifeFile.Read(inData, out var hasData);
        var keys = besideKeys is null ? null : LifeFile.Read(besideKeys, out _);
        var highest = Highest(data?.Last, keys?.Last);
        if (state == CounterState.Sound)
        {
            var known = inStore ?? 0;
            return highest > known
                ? After(highest.Value, "the store is older than the lives that were begun: an earlier copy of it was put back")
                : new LifeChoice(known, data?.Last != known || (besideKeys is not null && keys?.Last != known), "");
        }

        if (Highest(highest, inStore) is { } used)
            return After(used, state == CounterState.None ? "the store is gone" : "the counters in the store are damaged");
        var isFresh = (data ?? keys) is not null;
        if (state == CounterState.None && (isFresh || (drawn is null && !hasData))) return new LifeChoice(0, true, "");
        if (drawn is null || isFresh) return new LifeChoice(1, true, "the counters are lost");
        return new LifeChoice(drawn.Value, true, "nothing is known of the numbers that these keys were used for, so that a life was drawn by lot");
    }

    /// <summary>Notes that a life begins, before any number of it is used.</summary>
    /// <exception cref="IOException">The data folder does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder may not be written.</exception>
    public void Begin(uint life)
    {
        Remark = null;
        LifeFile.Write(inData, life);
        if (besideKeys is null) return;
        try
        {
            LifeFile.Write(besideKeys, life);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remark = $"The life of the counter cannot be kept beside the keys, in {besideKeys}: {e.Message} When the data folder is lost, a life is drawn by lot. Let this account write there.";
        }
    }

    /// <summary>Notes that the log has so many bytes: after they were synced, and before anybody is told of them.</summary>
    /// <exception cref="IOException">The data folder does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder may not be written.</exception>
    public void NoteLog(long bytes)
    {
        OddFile.MakeWay(LogMark);
        var isNew = !File.Exists(LogMark);
        using (var file = new FileStream(LogMark, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture)));
            file.Flush(flushToDisk: true);
        }

        if (isNew) FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(LogMark))!);
    }

    /// <summary>Notes that the log is about to be emptied.</summary>
    /// <inheritdoc cref="NoteLog"/>
    public void NoteLogEmpty()
    {
        OddFile.MakeWay(LogMark);
        if (!File.Exists(LogMark)) return;
        File.Delete(LogMark);
        FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(LogMark))!);
    }

    private static LifeChoice After(uint life, string reason) => new(life < Sequence.LastLife ? life + 1 : throw new IOException(
        "All lives of this site's counter are used up. Give the site new keys: the next epoch."), true, reason);

    private static uint? Highest(uint? a, uint? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
}
