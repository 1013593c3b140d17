using Weerbaarheid.Relay.Simulation.Disk;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>A moment between two calls: what is certainly on disk, and what was done since.</summary>
/// <param name="Acknowledged">The last commit that the world was told of.</param>
/// <param name="Folder">The names that are certainly there.</param>
/// <param name="Contents">What each file certainly holds.</param>
/// <param name="Unsynced">The calls of which nothing is certain, in order.</param>
internal sealed record CrashPoint(int Acknowledged, IReadOnlyDictionary<string, int> Folder, IReadOnlyDictionary<int, FileImage> Contents, TraceCall[] Unsynced)
{
    /// <summary>All moments of a recording, the first before the first call.</summary>
    public static IReadOnlyList<CrashPoint> All(Trace trace)
    {
        var at = new CrashPoint(0, new Dictionary<string, int>(), new Dictionary<int, FileImage>(), []);
        var points = new List<CrashPoint> { at };
        foreach (var call in trace.Calls) points.Add(at = at.After(call));
        return points;
    }

    /// <summary>The same moment on a disk whose syncs did nothing: only what was done long before is there.</summary>
    /// <param name="points">All moments.</param>
    /// <param name="index">Which.</param>
    /// <param name="trace">The recording.</param>
    /// <param name="back">How many calls may still be missing.</param>
    public static CrashPoint Lied(IReadOnlyList<CrashPoint> points, int index, Trace trace, int back)
    {
        var from = Math.Max(0, index - back);
        var there = points[from];
        foreach (var file in there.Unsynced.Where(call => call.Call is Call.Write or Call.Resize).Select(call => call.File).Distinct()) there = there.After(new TraceCall(Call.Sync, file));
        there = there.After(new TraceCall(Call.SyncFolder));
        var since = trace.Calls.Skip(from).Take(index - from).Where(call => call.Call is not (Call.Sync or Call.SyncFolder or Call.Acknowledge));
        return there with { Acknowledged = points[index].Acknowledged, Unsynced = [.. since] };
    }

    /// <summary>Lets the power go at this moment, on a disk that is empty.</summary>
    public void Happen(SimulatedDisk disk)
    {
        var files = new Dictionary<int, SimulatedFile>();
        foreach (var (name, file) in Folder) Fill(files[file] = disk.Place(name), file);
        foreach (var call in Unsynced)
        {
            switch (call.Call)
            {
                case Call.Create: Fill(files[call.File] = disk.Create(call.Name), call.File); break;
                case Call.Write: disk.Write(files[call.File], call.At, call.Bytes!); break;
                case Call.Resize: disk.Resize(files[call.File], call.At); break;
                case Call.Delete: disk.Delete(call.Name); break;
                case Call.Rename: disk.Rename(call.Name, call.To); break;
            }
        }

        disk.CutPower();
        disk.PowerOn();
    }

    private void Fill(SimulatedFile target, int file) => Contents.GetValueOrDefault(file, FileImage.Empty).CopyTo(target);

    private CrashPoint After(TraceCall call) => call.Call switch
    {
        Call.Acknowledge => this with { Acknowledged = call.At },
        Call.Sync => this with
        {
            Contents = new Dictionary<int, FileImage>(Contents)
            {
                [call.File] = Contents.GetValueOrDefault(call.File, FileImage.Empty).After(Unsynced.Where(one => IsContentOf(one, call.File))),
            },
            Unsynced = [.. Unsynced.Where(one => !IsContentOf(one, call.File))],
        },
        Call.SyncFolder => AfterFolder(),
        _ => this with { Unsynced = [.. Unsynced, call] },
    };

    private CrashPoint AfterFolder()
    {
        var folder = new Dictionary<string, int>(Folder);
        foreach (var call in Unsynced)
        {
            if (call.Call is Call.Delete or Call.Rename) folder.Remove(call.Name);
            if (call.Call == Call.Create) folder[call.Name] = call.File;
            if (call.Call == Call.Rename) folder[call.To] = call.File;
        }

        // What was written to a file that is gone for certain does not matter any more.
        var left = Unsynced.Where(call => call.Call is Call.Write or Call.Resize && folder.ContainsValue(call.File));
        var contents = Contents.Where(pair => folder.ContainsValue(pair.Key)).ToDictionary();
        return this with { Folder = folder, Unsynced = [.. left], Contents = contents };
    }

    private static bool IsContentOf(TraceCall call, int file) => call.Call is Call.Write or Call.Resize && call.File == file;
}
