using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary><c>sqlite3_vfs</c>, version 1 (sqlite.org/c3ref/vfs.html).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeVfs
{
    public int Version;
    public int FileSize;
    public int MaxPath;
    public NativeVfs* Next;
    public byte* Name;
    public void* Data;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, NativeFile*, int, int*, int> Open;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, int> Delete;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, int*, int> Access;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, byte*, int> FullPath;
    public void* LibraryOpen;
    public void* LibraryError;
    public void* LibrarySymbol;
    public void* LibraryClose;
    public delegate* unmanaged[Cdecl]<NativeVfs*, int, byte*, int> Randomness;
    public delegate* unmanaged[Cdecl]<NativeVfs*, int, int> Sleep;
    public delegate* unmanaged[Cdecl]<NativeVfs*, double*, int> CurrentTime;
    public delegate* unmanaged[Cdecl]<NativeVfs*, int, byte*, int> LastError;

    // The library that the store's provider loads, so that both speak to the same SQLite.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register", CallingConvention = CallingConvention.Cdecl)]
    internal static extern int Register(NativeVfs* vfs, int makeDefault);
}

/// <summary><c>sqlite3_file</c>, and behind it the handle of the <see cref="OpenFile"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeMethods* Methods;
    public IntPtr Open;
}

/// <summary><c>sqlite3_io_methods</c>, version 1: without shared memory and without a memory map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> Close;
    public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Read;
    public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<NativeFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Sync;
    public delegate* unmanaged[Cdecl]<NativeFile*, long*, int> FileSize;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Lock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Unlock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, void*, int> FileControl;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> SectorSize;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> DeviceCharacteristics;
}

/// <summary>Results and flags of SQLite that the simulated disks need (sqlite.org/rescode.html, c3ref/c_open_autoproxy.html).</summary>
internal static class SqliteCode
{
    public const int Ok = 0, Busy = 5, NotFound = 12, Full = 13, CannotOpen = 14;

    /// <summary>SQLITE_IOERR with what failed.</summary>
    public const int
        ReadFailed = 10 | (1 << 8), ShortRead = 10 | (2 << 8), WriteFailed = 10 | (3 << 8), SyncFailed = 10 | (4 << 8), TruncateFailed = 10 | (6 << 8),
        SizeFailed = 10 | (7 << 8), DeleteFailed = 10 | (10 << 8), AccessFailed = 10 | (13 << 8), LockFailed = 10 | (15 << 8), DeleteOfNothing = 10 | (23 << 8);

    public const int
        OpenReadOnly = 0x1, OpenReadWrite = 0x2, OpenCreate = 0x4, OpenDeleteOnClose = 0x8, OpenExclusive = 0x10,
        OpenMainJournal = 0x800, OpenSuperJournal = 0x4000, OpenWal = 0x80000;

    /// <summary>SQLITE_FCNTL_MMAP_SIZE.</summary>
    public const int ControlMap = 18;
}
