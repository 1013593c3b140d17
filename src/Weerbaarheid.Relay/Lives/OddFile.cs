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

    /// <summary>Whether there is anything with this name, be it a link that leads nowhere.</summary>
    public static bool IsThere(string path) => File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether it is a link that leads to no file and no folder, or in a circle.</summary>
    public static bool LeadsNowhere(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is not null && !Directory.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: true, LinkTarget: null };
        }
        catch (IOException)
        {
            // In a circle.
            return true;
        }
    }

    /// <summary>Whether there is something at a path that cannot be read as a file: <see cref="Describe"/> names it, or it <see cref="LeadsNowhere"/>.</summary>
    public static bool IsOdd(string path) => Describe(path) is not null || LeadsNowhere(path);

    /// <summary>Moves what is no file out of the way, under a free name beside it.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder that it lies in takes no other name.</exception>
    public static void MakeWay(string path)
    {
        if (IsOdd(path)) PutAside(path);
    }

    /// <summary>Takes away what the node itself left half written; a folder there is none of it, and is put aside.</summary>
    /// <inheritdoc cref="MakeWay"/>
    public static void Clear(string path)
    {
        if (Directory.Exists(path)) PutAside(path);
        else File.Delete(path);
    }

    /// <summary>Makes a folder; what is in its place and none is put aside.</summary>
    /// <inheritdoc cref="MakeWay"/>
    public static void MakeFolder(string path)
    {
        if (IsThere(path) && !Directory.Exists(path)) PutAside(path);
        Directory.CreateDirectory(path);
    }

    /// <summary>Moves whatever there is at a path to a free name beside it: the lowest, of as many as there are.</summary>
    /// <inheritdoc cref="MakeWay"/>
    public static void PutAside(string path)
    {
        var full = Path.GetFullPath(path);
        var taken = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(full)!).Select(Path.GetFileName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var number = 1;
        while (taken.Contains(Path.GetFileName(AsideOf(full, number)))) number++;
        if (Directory.Exists(full)) Directory.Move(full, AsideOf(full, number));
        else File.Move(full, AsideOf(full, number));
    }

    /// <summary>Which file it is, links followed; null when there is none, or the system does not say.</summary>
    public static FileIdentity? IdentityOf(string path) =>
        OperatingSystem.IsLinux() && StatusOf(path) is { } status
            ? new FileIdentity(MemoryMarshal.Read<ulong>(status.AsSpan(PlaceOfInode)), MemoryMarshal.Read<ulong>(status.AsSpan(PlaceOfDevice)))
            : null;

    private static string AsideOf(string path, int number) => FormattableString.Invariant($"{path}.aside-{number}");

    private static int TypeOf(string path) => StatusOf(path) is { } status ? MemoryMarshal.Read<ushort>(status.AsSpan(PlaceOfMode)) : 0;

    private static byte[]? StatusOf(string path)
    {
        var status = new byte[SizeOfStatus];
        return Statx(FromHere, path, 0, TypeAndInode, status) == 0 ? status : null;
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
