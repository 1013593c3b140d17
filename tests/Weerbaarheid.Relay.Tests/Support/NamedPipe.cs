using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A pipe with a name: whoever opens it to read waits until somebody writes, which nobody does.</summary>
internal static class NamedPipe
{
    private const uint Owner = 0x180; // 0600

    /// <summary>Long enough for anything but waiting for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static void Make(string path)
    {
        if (MakeFifo(path, Owner) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Fails instead of waiting for ever.</summary>
    internal static async Task<T> WithoutWaitingAsync<T>(Func<T> work) => await Task.Run(work).WaitAsync(Patience);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
