using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Lives;

/// <summary>Makes it durable that a file was renamed: its folder must be synced too, and the runtime has no call for that.</summary>
internal static class FolderSync
{
    /// <summary>O_RDONLY and O_CLOEXEC; O_DIRECTORY differs between processors and is not needed.</summary>
    private const int OpenFolder = 0x80000;

    /// <summary>Syncs a folder. Where the system has no such thing the rename itself is all there is.</summary>
    /// <exception cref="IOException">The disk said no.</exception>
    public static void Sync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, OpenFolder);
        if (descriptor < 0) throw new IOException($"The folder {folder} cannot be opened to sync it (error {Marshal.GetLastPInvokeError()}).", Marshal.GetLastPInvokeError());
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed) throw new IOException($"The folder {folder} cannot be synced (error {error}).", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
