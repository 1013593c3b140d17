using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>The calls of Linux that a serial port needs and the runtime does not offer; numbers as on x64, arm and arm64.</summary>
/// <remarks>DllImport: source generation would need unsafe code in the project for these few calls.</remarks>
internal static class Libc
{
    internal const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, InputOutput = 5, NoDeviceOrAddress = 6, TryAgain = 11, AccessDenied = 13, Busy = 16, NoDevice = 19;

    internal const short PollIn = 1, PollOut = 4, PollEnded = 8 | 16 | 32;

    /// <summary>O_RDWR, O_NOCTTY (or a hang-up of the port would end a service), O_NONBLOCK (or a line without carrier would hold the open), O_CLOEXEC.</summary>
    internal const int OpenPort = 2 | 0x100 | 0x800 | 0x80000;

    /// <summary>LOCK_EX and LOCK_NB.</summary>
    internal const int LockWhole = 2 | 4;

    /// <summary>EFD_CLOEXEC and EFD_NONBLOCK.</summary>
    internal const int EventFlags = 0x80000 | 0x800;

    /// <summary>TIOCEXCL: from now on nobody but root opens the port.</summary>
    internal const nuint Exclude = 0x540C;

    /// <summary>TIOCNXCL: not any more.</summary>
    internal const nuint Share = 0x540D;

    /// <summary>TIOCGEXCL: whether somebody did that.</summary>
    internal const nuint IsExcluded = 0x80045440;

    /// <summary>TIOCMGET: the control lines; a pseudo-terminal has none.</summary>
    internal const nuint ControlLines = 0x5415;

    /// <summary>TCOFLUSH: what was not sent yet.</summary>
    internal const int Outgoing = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Found;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static extern int Lock(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "isatty")]
    internal static extern int IsTerminal(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static extern int Control(SafeFileHandle file, nuint request, out int value);

    [DllImport("libc", EntryPoint = "tcflush")]
    internal static extern int Discard(SafeFileHandle file, int queue);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static extern SafeFileHandle Event(uint initial, int flags);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static extern int Poll([In, Out] PollEntry[] entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static extern nint Read(SafeFileHandle file, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static extern nint Write(SafeFileHandle file, in byte buffer, nint count);
}
