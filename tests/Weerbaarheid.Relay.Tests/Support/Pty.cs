using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A pseudo-terminal: what a program sees at <see cref="Path"/> is what happens at <see cref="Master"/>.</summary>
/// <remarks>Keeps its own end of the terminal open, so that nothing is lost while the program under test has it closed.</remarks>
internal sealed class Pty : IDisposable
{
    private readonly SafeFileHandle _held;

    internal Pty()
    {
        Master = OpenMaster(Libc.OpenPort);
        var name = new byte[128];
        if (Master.IsInvalid || Grant(Master) != 0 || Unlock(Master) != 0 || Name(Master, name, name.Length) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        Path = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
        _held = Libc.Open(Path, Libc.OpenPort);
        // What a termios is differs by machine; the C library makes it raw wherever its fields are.
        var settings = new byte[256];
        if (_held.IsInvalid || GetSettings(_held, settings) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        MakeRaw(settings);
        if (SetSettings(_held, 0, settings) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>The other side; does not block.</summary>
    internal SafeFileHandle Master { get; }

    internal string Path { get; }

    /// <summary>Both sides at once: whoever has the terminal open sees it hang up.</summary>
    public void Dispose()
    {
        Master.Dispose();
        _held.Dispose();
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern SafeFileHandle OpenMaster(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static extern int Grant(SafeFileHandle master);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static extern int Unlock(SafeFileHandle master);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static extern int Name(SafeFileHandle master, [Out] byte[] name, nint length);

    [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static extern int GetSettings(SafeFileHandle terminal, [Out] byte[] settings);

    [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static extern int SetSettings(SafeFileHandle terminal, int when, byte[] settings);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    private static extern void MakeRaw([In, Out] byte[] settings);
}
