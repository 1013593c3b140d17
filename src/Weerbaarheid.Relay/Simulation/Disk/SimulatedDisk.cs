using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>
/// A disk in memory with one folder, under SQLite as a real one would be (<see cref="DiskVfs"/>): it loses, tears and spoils
/// what was not synced when the power goes, it fails when told to, and it does the same again for the same seed. Name a store on it by
/// <see cref="PathOf"/> and <see cref="Vfs"/>. One thread at a time; several disks are independent.
/// </summary>
/// <remarks>
/// A new file is certainly there once its folder was synced; SQLite syncs it with the first sync of a journal or log, and that is when
/// it is here. What SQLite takes as given on a real disk is given here too: a write damages no byte beside it (IOCAP_POWERSAFE_OVERWRITE).
/// </remarks>
internal sealed class SimulatedDisk : IDisposable
{
    /// <summary>What a disk writes whole or not at all, in bytes.</summary>
    public const int Sector = 512;

    /// <summary>The name under which SQLite knows these disks.</summary>
    public const string Vfs = "weerbaarheid-simulated";

    /// <summary>Changes that a lying disk keeps back at most; older ones got there by themselves.</summary>
    private const int KeptBack = 256;

    private readonly Dictionary<string, SimulatedFile> _folder = new(StringComparer.Ordinal);
    private readonly Unsynced _unsynced = new();
    private readonly Stack<SimulatedFile> _free = new();
    private readonly int _number;
    private SplitMix64 _random;

    /// <param name="seed">What the disk's accidents follow from.</param>
    public SimulatedDisk(ulong seed)
    {
        _random = new SplitMix64(seed);
        _number = DiskVfs.Add(this);
    }

    /// <summary>Calls that were made to it.</summary>
    public long Calls { get; private set; }

    /// <summary>The last call, for a report of what failed.</summary>
    public DiskCall LastCall { get; private set; }

    /// <summary>A failure that is due; the default is none.</summary>
    public DueFailure Due { get; set; }

    /// <summary>Most bytes in all files together.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Whether a sync says that it is done, and does nothing: a card that lies.</summary>
    public bool Lies { get; set; }

    /// <summary>Whether it has power. Without, every call fails and nothing changes.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>Grows at every power cut: what was open then stays dead.</summary>
    public int Life { get; private set; }

    /// <summary>The names of its files.</summary>
    public IReadOnlyCollection<string> Names => _folder.Keys;

    /// <summary>Bytes in all files.</summary>
    public long Used => _folder.Values.Sum(file => (long)file.Size);

    /// <summary>The path of a file of this disk, for SQLite.</summary>
    public string PathOf(string name) => DiskVfs.PathOf(_number, name);

    /// <summary>What a file holds; null when there is none.</summary>
    public byte[]? Read(string name) => _folder.TryGetValue(name, out var file) ? file.Content.ToArray() : null;

    /// <summary>Puts a file there as if it had always been there.</summary>
    public void Put(string name, ReadOnlySpan<byte> content) => Place(name).Replace(content);

    /// <summary>Makes it an empty disk as if it were new; nothing may be open.</summary>
    /// <param name="seed">What its accidents follow from.</param>
    public void Format(ulong seed)
    {
        // Their memory is used again: a disk that is formatted is one of millions.
        foreach (var file in _folder.Values) _free.Push(file);
        _folder.Clear();
        _unsynced.Clear();
        (_random, Due, Capacity, Lies, IsOn, Calls) = (new SplitMix64(seed), default, long.MaxValue, false, true, 0);
        Life++;
    }

    /// <summary>
    /// The power goes, or went at the fault that was due: what was not synced got there or not, in part or spoilt. Dispose of what
    /// was open, then <see cref="PowerOn"/>.
    /// </summary>
    public void CutPower()
    {
        IsOn = false;
        Life++;
        Due = default;
        var files = _folder.Values.ToList();
        _unsynced.Settle(_folder, ref _random);
        foreach (var file in files.Union(_folder.Values))
        {
            file.Platter?.Settle(file, ref _random);
            (file.Platter, file.Writer, file.Exclusive) = (null, null, false);
        }
    }

    public void PowerOn() => IsOn = true;

    /// <summary>The system forgets what it need not remember: after a failed sync, that is what never got there.</summary>
    public void EvictCaches()
    {
        foreach (var file in _folder.Values) file.Platter?.Evict(file);
    }

    public void Dispose() => DiskVfs.Remove(_number);

    /// <summary>Counts a call, and says what it meets.</summary>
    internal DiskFailure Meet(DiskCall call)
    {
        Calls++;
        LastCall = call;
        if (!IsOn) return DiskFailure.PowerCut;
        if (Due.Failure == DiskFailure.None || Calls < Due.AtCall || (!Due.Lasts && Calls != Due.AtCall)) return DiskFailure.None;
        if (Due.Failure == DiskFailure.PowerCut) IsOn = false;
        return Due.Failure;
    }

    /// <summary>Whether so many bytes more still fit.</summary>
    internal bool HasRoomFor(long bytes) => bytes <= 0 || Capacity == long.MaxValue || Used + bytes <= Capacity;

    internal SimulatedFile? Find(string name) => _folder.GetValueOrDefault(name);

    /// <summary>A file that is certainly there; what is written into it directly is certain too.</summary>
    internal SimulatedFile Place(string name) => _folder.TryGetValue(name, out var file) ? file : _folder[name] = Blank();

    internal SimulatedFile Create(string name)
    {
        var file = Blank();
        _unsynced.Create(name, file);
        return _folder[name] = file;
    }

    internal void Rename(string name, string to)
    {
        if (!_folder.Remove(name, out var file)) return;
        Delete(to);
        _unsynced.Rename(name, to, file);
        _folder[to] = file;
    }

    internal bool Delete(string name)
    {
        if (!_folder.Remove(name, out var file)) return false;
        _unsynced.Delete(name, file);
        return true;
    }

    internal void Write(SimulatedFile file, int at, ReadOnlySpan<byte> bytes)
    {
        if (file.Platter is { } platter) platter.Owe(at, bytes.Length);
        else _unsynced.Write(file, at, bytes);
        file.Write(at, bytes);
    }

    internal void Resize(SimulatedFile file, int size)
    {
        if (file.Platter is null) _unsynced.Resize(file, size);
        file.Resize(size);
    }

    internal void Sync(SimulatedFile file)
    {
        if (Lies) _unsynced.Age(KeptBack);
        else if (file.Platter is { } platter) platter.Receive(file);
        else _unsynced.Sync(file);
    }

    /// <summary>A sync failed: from now on the system thinks that it owes nothing.</summary>
    internal void SyncFailed(SimulatedFile file)
    {
        if (file.Platter is { } platter) platter.Forget();
        else file.Platter = new Platter(_unsynced.TakeBack(file));
    }

    internal void SyncFolder()
    {
        if (!Lies) _unsynced.SyncFolder(_folder);
    }

    private SimulatedFile Blank()
    {
        if (!_free.TryPop(out var file)) return new SimulatedFile();
        file.Resize(0);
        (file.Platter, file.Writer, file.Exclusive) = (null, null, false);
        return file;
    }
}
