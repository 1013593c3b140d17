using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>A file of a simulated disk that SQLite has open, and the calls that SQLite makes to it.</summary>
internal sealed unsafe class OpenFile(SimulatedDisk disk, string name, SimulatedFile file, bool syncsFolder, bool deletesOnClose)
{
    private const int Reserved = 2;
    private const int Exclusive = 4;
    private const int PhysicalSector = 4096;
    private const int PowersafeOverwrite = 0x1000;
    private readonly int _life = disk.Life;
    private bool _syncsFolder = syncsFolder;

    /// <summary>The table of calls, for every file.</summary>
    public static NativeMethods* Methods { get; } = Table();

    private bool IsAlive => _life == disk.Life;

    private static NativeMethods* Table()
    {
        var methods = (NativeMethods*)NativeMemory.AllocZeroed((nuint)sizeof(NativeMethods));
        methods->Version = 1;
        methods->Close = &Close;
        methods->Read = &Read;
        methods->Write = &Write;
        methods->Truncate = &Truncate;
        methods->Sync = &Sync;
        methods->FileSize = &FileSize;
        methods->Lock = &Lock;
        methods->Unlock = &Unlock;
        methods->CheckReservedLock = &CheckReservedLock;
        methods->FileControl = &FileControl;
        methods->SectorSize = &SectorSize;
        methods->DeviceCharacteristics = &DeviceCharacteristics;
        return methods;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeFile* native)
    {
        var handle = GCHandle.FromIntPtr(native->Open);
        ((OpenFile)handle.Target!).Close();
        handle.Free();
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(NativeFile* native, byte* buffer, int length, long at) => Of(native).Read(new Span<byte>(buffer, length), at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeFile* native, byte* buffer, int length, long at) => Of(native).Write(new ReadOnlySpan<byte>(buffer, length), at);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeFile* native, long size) => Of(native).Truncate(size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeFile* native, int flags) => Of(native).Sync();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(NativeFile* native, long* size) => Of(native).FileSize(out *size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(NativeFile* native, int level) => Of(native).Lock(level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(NativeFile* native, int level) => Of(native).Unlock(level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeFile* native, int* held) => Of(native).CheckReservedLock(out *held);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(NativeFile* native, int operation, void* argument)
    {
        if (operation != SqliteCode.ControlMap) return SqliteCode.NotFound;
        // There is no memory map, however large one is asked for.
        *(long*)argument = 0;
        return SqliteCode.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeFile* native) => PhysicalSector;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(NativeFile* native) => PowersafeOverwrite;

    private static OpenFile Of(NativeFile* native) => (OpenFile)GCHandle.FromIntPtr(native->Open).Target!;

    private DiskFailure Meet(DiskCall call)
    {
        var failure = disk.Meet(call);
        return IsAlive ? failure : DiskFailure.PowerCut;
    }

    private void Close()
    {
        if (!IsAlive) return;
        Release();
        if (deletesOnClose) disk.Delete(name);
    }

    private int Read(Span<byte> buffer, long at)
    {
        if (Meet(DiskCall.Read) is DiskFailure.Error or DiskFailure.ShortWrite or DiskFailure.PowerCut) return SqliteCode.ReadFailed;
        var there = at < file.Size ? file.Content[(int)at..] : [];
        if (there.Length >= buffer.Length)
        {
            there[..buffer.Length].CopyTo(buffer);
            return SqliteCode.Ok;
        }

        there.CopyTo(buffer);
        buffer[there.Length..].Clear();
        return SqliteCode.ShortRead;
    }

    private int Write(ReadOnlySpan<byte> bytes, long at)
    {
        var failure = Meet(DiskCall.Write);
        if (failure == DiskFailure.ShortWrite) disk.Write(file, (int)at, bytes[..(bytes.Length / 2)]);
        if (failure is not (DiskFailure.None or DiskFailure.Full)) return SqliteCode.WriteFailed;
        if (failure == DiskFailure.Full || !disk.HasRoomFor(at + bytes.Length - file.Size)) return SqliteCode.Full;
        disk.Write(file, (int)at, bytes);
        return SqliteCode.Ok;
    }

    private int Truncate(long size)
    {
        if (Meet(DiskCall.Truncate) is not (DiskFailure.None or DiskFailure.Full)) return SqliteCode.TruncateFailed;
        disk.Resize(file, (int)size);
        return SqliteCode.Ok;
    }

    private int Sync()
    {
        switch (Meet(DiskCall.Sync))
        {
            case DiskFailure.PowerCut: return SqliteCode.SyncFailed;
            case DiskFailure.Error or DiskFailure.ShortWrite:
                disk.SyncFailed(file);
                return SqliteCode.SyncFailed;
        }

        disk.Sync(file);
        if (_syncsFolder) disk.SyncFolder();
        _syncsFolder = false;
        return SqliteCode.Ok;
    }

    private int FileSize(out long size)
    {
        size = file.Size;
        return Meet(DiskCall.Size) is DiskFailure.Error or DiskFailure.ShortWrite or DiskFailure.PowerCut ? SqliteCode.SizeFailed : SqliteCode.Ok;
    }

    private int Lock(int level)
    {
        if (Meet(DiskCall.Lock) is DiskFailure.Error or DiskFailure.ShortWrite or DiskFailure.PowerCut) return SqliteCode.LockFailed;
        var another = file.Writer is { } writer && writer != this;
        if (another && (level >= Reserved || file.Exclusive)) return SqliteCode.Busy;
        if (level >= Reserved) (file.Writer, file.Exclusive) = (this, level == Exclusive);
        return SqliteCode.Ok;
    }

    private int Unlock(int level)
    {
        if (IsAlive && level < Reserved) Release();
        return SqliteCode.Ok;
    }

    private int CheckReservedLock(out int held)
    {
        held = file.Writer is not null ? 1 : 0;
        return SqliteCode.Ok;
    }

    private void Release()
    {
        if (file.Writer == this) (file.Writer, file.Exclusive) = (null, false);
    }
}
