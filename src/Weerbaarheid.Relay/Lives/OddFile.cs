using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Lives;

/// <summary>Tells a file from any other that lies, or comes to lie, at its path while it is open.</summary>
internal readonly record struct FileIdentity(ulong Inode, ulong Device);

/// <summary>
/// Tells what stands where a file should, before it is opened: opening or reading a pipe waits for somebody at its other end, for ever, and
/// a device may never end. The runtime does not say which of them a path is.
/// </summary>
internal static class OddFile
{
    /// <summary>AT_FDCWD, and STATX_TYPE with STATX_INO.</summary>
    private const int FromHere = -100, TypeAndInode = 0x101;

    /// <summary>Of <c>struct statx</c>, which is the same on every processor, unlike <c>struct stat</c>.</summary>
    private const int SizeOfStatus = 256, PlaceOfMode = 28, PlaceOfInode = 32, PlaceOfDevice = 136;

    private const int TypeMask = 0xF000, Pipe = 0x1000, CharacterDevice = 0x2000, Folder = 0x4000, BlockDevice = 0x6000, Socket = 0xC000;

    /// <summary>What it is, as "a folder"; null when it is a file, a link to one, or nothing at all.</summary>
    public static string? Describe(string path)
    {
        if (Directory.Exists(path)) return "a folder";
        return OperatingSystem.IsLinux() ? (TypeOf(path) & TypeMask) switch
        {
            Pipe => "a pipe",
            CharacterDevice or BlockDevice => "a device",
            Folder => "a folder",
            Socket => "a socket",
            _ => null,
        }
        : null;
    }

    /// <summary>Moves what is no file out of the way, under a free name beside it.</summary>
    /// <exception cref="IOException">It cannot be moved, or a hundred were moved already.</exception>
    public static void MakeWay(string path)
    {
        if (Describe(path) is not null) PutAside(path);
    }

    /// <summary>Moves whatever there is at a path to a free name beside it.</summary>
    /// <inheritdoc cref="MakeWay"/>
    public static void PutAside(string path)
    {
        for (var number = 1; number < 100; number++)
        {
            var aside = FormattableString.Invariant($"{path}.aside-{number}");
            if (Path.Exists(aside)) continue;
            if (Directory.Exists(path)) Directory.Move(path, aside);
            else File.Move(path, aside);
            return;
        }

        throw new IOException($"{path} is in the way, and a hundred were put aside already. Move them away.");
    }

    /// <summary>Which file it is, links followed; null when there is none, or the system does not say.</summary>
    public static FileIdentity? IdentityOf(string path) =>
        OperatingSystem.IsLinux() && StatusOf(path) is { } status
            ? new FileIdentity(MemoryMarshal.Read<ulong>(status.AsSpan(PlaceOfInode)), MemoryMarshal.Read<ulong>(status.AsSpan(PlaceOfDevice)))
            : null;

    private static int TypeOf(string path) => StatusOf(path) is { } status ? MemoryMarshal.Read<ushort>(status.AsSpan(PlaceOfMode)) : 0;

    private static byte[]? StatusOf(string path)
    {
        var status = new byte[SizeOfStatus];
        return Statx(FromHere, path, 0, TypeAndInode, status) == 0 ? status : null;
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
