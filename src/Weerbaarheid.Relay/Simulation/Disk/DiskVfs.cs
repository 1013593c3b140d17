using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>
/// The simulated disks as SQLite sees them: a VFS of one name, in which each disk is a folder. All of SQLite's own code runs as in production;
/// only the calls to the system end here. Without shared memory: a store opens its file for itself alone.
/// </summary>
internal static unsafe class DiskVfs
{
    private const string Root = "/simulated-disk-";
    private const int MaxPath = 512;
    private static readonly ConcurrentDictionary<int, SimulatedDisk> Disks = new();
    private static readonly Lazy<int> Registered = new(Register);
    private static int _last;

    public static int Add(SimulatedDisk disk)
    {
        if (Registered.Value != SqliteCode.Ok) throw new InvalidOperationException($"SQLite did not take the simulated disks: error {Registered.Value}.");
        var number = Interlocked.Increment(ref _last);
        Disks[number] = disk;
        return number;
    }

    public static void Remove(int number) => Disks.TryRemove(number, out _);

    public static string PathOf(int disk, string name) => $"{Root}{disk}/{name}";

    private static int Register()
    {
        // Both live as long as the process: SQLite keeps the pointer.
        var vfs = (NativeVfs*)NativeMemory.AllocZeroed((nuint)sizeof(NativeVfs));
        var name = Encoding.UTF8.GetBytes(SimulatedDisk.Vfs);
        vfs->Name = (byte*)NativeMemory.AllocZeroed((nuint)name.Length + 1);
        name.CopyTo(new Span<byte>(vfs->Name, name.Length));
        vfs->Version = 1;
        vfs->FileSize = sizeof(NativeFile);
        vfs->MaxPath = MaxPath;
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        vfs->Access = &Access;
        vfs->FullPath = &FullPath;
        vfs->Randomness = &Randomness;
        vfs->Sleep = &Sleep;
        vfs->CurrentTime = &CurrentTime;
        vfs->LastError = &LastError;
        return NativeVfs.Register(vfs, 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* vfs, byte* path, NativeFile* file, int flags, int* outFlags)
    {
        file->Methods = null;
        if (!Find(path, out var disk, out var name)) return SqliteCode.CannotOpen;
        var failure = disk.Meet(DiskCall.Open);
        if (failure is DiskFailure.Error or DiskFailure.ShortWrite or DiskFailure.PowerCut) return SqliteCode.CannotOpen;
        var found = disk.Find(name);
        var readOnly = failure == DiskFailure.ReadOnly;
        if (found is null)
        {
            if ((flags & SqliteCode.OpenCreate) == 0 || readOnly || failure == DiskFailure.Full) return SqliteCode.CannotOpen;
            found = disk.Create(name);
        }
        else if ((flags & SqliteCode.OpenExclusive) != 0 && (flags & SqliteCode.OpenCreate) != 0)
        {
            return SqliteCode.CannotOpen;
        }

        // As the system's own VFS does: what cannot be opened for writing is opened for reading.
        if (readOnly) flags = (flags & ~(SqliteCode.OpenReadWrite | SqliteCode.OpenCreate)) | SqliteCode.OpenReadOnly;
        if (outFlags is not null) *outFlags = flags;
        const int journals = SqliteCode.OpenMainJournal | SqliteCode.OpenSuperJournal | SqliteCode.OpenWal;
        var syncsFolder = (flags & SqliteCode.OpenCreate) != 0 && (flags & journals) != 0;
        file->Open = GCHandle.ToIntPtr(GCHandle.Alloc(new OpenFile(disk, name, found, syncsFolder, (flags & SqliteCode.OpenDeleteOnClose) != 0)));
        file->Methods = OpenFile.Methods;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* vfs, byte* path, int syncsFolder)
    {
        if (!Find(path, out var disk, out var name) || disk.Meet(DiskCall.Delete) is not (DiskFailure.None or DiskFailure.Full)) return SqliteCode.DeleteFailed;
        if (!disk.Delete(name)) return SqliteCode.DeleteOfNothing;
        if (syncsFolder != 0) disk.SyncFolder();
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(NativeVfs* vfs, byte* path, int flags, int* result)
    {
        *result = 0;
        if (!Find(path, out var disk, out var name) || disk.Meet(DiskCall.Access) == DiskFailure.PowerCut) return SqliteCode.AccessFailed;
        // As the system's own VFS does: an empty journal is none.
        *result = disk.Find(name) is { Size: > 0 } ? 1 : 0;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPath(NativeVfs* vfs, byte* path, int length, byte* full)
    {
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path);
        if (bytes.Length >= length) return SqliteCode.CannotOpen;
        bytes.CopyTo(new Span<byte>(full, length));
        full[bytes.Length] = 0;
        return SqliteCode.Ok;
    }

    // Nothing random reaches what is stored; SQLite's own generator asks the system's VFS.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Randomness(NativeVfs* vfs, int length, byte* bytes)
    {
        new Span<byte>(bytes, length).Fill(0x5A);
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(NativeVfs* vfs, int microseconds) => microseconds;

    // A Julian day; nothing asks for it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTime(NativeVfs* vfs, double* day)
    {
        *day = 2_461_000.5;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LastError(NativeVfs* vfs, int length, byte* text) => SqliteCode.Ok;

    private static bool Find(byte* path, out SimulatedDisk disk, out string name)
    {
        (disk, name) = (null!, "");
        if (path is null) return false;
        var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
        var slash = text.IndexOf('/', 1);
        if (slash < 0 || !text.StartsWith(Root, StringComparison.Ordinal) || !int.TryParse(text.AsSpan(Root.Length, slash - Root.Length), out var number)) return false;
        name = text[(slash + 1)..];
        return Disks.TryGetValue(number, out disk!);
    }
}
