using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>
/// Makes the kernel refuse real writes and syncs of an open store: the descriptor of its log is pointed at a device.
/// Locks are on the database file, so they stay.
/// </summary>
internal static class DiskFault
{
    /// <summary>Every write says ENOSPC.</summary>
    public const string Full = "/dev/full";

    /// <summary>Writes go well and the sync fails (EINVAL): what a dying disk does.</summary>
    public const string SyncFails = "/dev/null";

    public static void PutInPlaceOfLog(string database, string device)
    {
        var log = Path.GetFullPath(database) + "-wal";
        var replaced = 0;
        using var source = new FileStream(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        foreach (var entry in new DirectoryInfo("/proc/self/fd").GetFileSystemInfos())
        {
            if (entry.LinkTarget != log) continue;
            Assert.True(Duplicate((int)source.SafeFileHandle.DangerousGetHandle(), int.Parse(entry.Name, null)) >= 0);
            replaced++;
        }

        Assert.Equal(1, replaced);
    }

    // DllImport: source generation would need unsafe code in the test project for this one call.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Duplicate(int from, int to);
#pragma warning restore SYSLIB1054
}
