using System.Globalization;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// The folder <c>quarantine</c> beside a store: broken ones lie there as they were, numbered, the newest three. What is another
/// program's is not ours to delete and stays.
/// </summary>
/// <param name="store">The database file.</param>
internal sealed class StoreAttic(string store)
{
    /// <summary>Broken stores that are kept.</summary>
    public const int Kept = 3;

    /// <summary>No node comes that far; what has a higher number is not one of ours.</summary>
    private const long LastNumber = 999_999_999;

    private readonly string _folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(store))!, "quarantine");

    /// <summary>The note of the store that was put aside last; null when there is none.</summary>
    public StoreLoss? Newest => Numbers().Select(number => StoreLoss.Read(FolderOf(number))).FirstOrDefault(loss => loss is not null);

    /// <summary>How many lie there.</summary>
    public int Count => Numbers().Count;

    /// <summary>Moves all parts of the store away together; the database first, because a log without it harms nobody.</summary>
    /// <exception cref="OutboxException">The folder does not let us; the sentence says what to do.</exception>
    public StoreLoss Take(string reason, bool isForeign, DateTimeOffset at)
    {
        try
        {
            OddFile.MakeFolder(_folder);
            var number = FreeNumber();
            var place = FolderOf(number);
            Directory.CreateDirectory(place);
            foreach (var part in Breakage.PartsOf(store).Where(OddFile.IsThere)) Move(part, Path.Combine(place, Path.GetFileName(part)));
            FolderSync.Sync(place);
            FolderSync.Sync(_folder);
            FolderSync.Sync(Path.GetDirectoryName(_folder)!);
            var loss = new StoreLoss(at, reason, place, isForeign);
            loss.Write();
            Forget(number);
            return loss;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutboxException(
                $"The store {store} is broken: {reason}. It cannot be moved to {_folder}: {e.Message} Move it away, with its -wal, to start anew.", e, StoreFile.IsNoRoom(e) ? OutboxFailure.Full : OutboxFailure.Failed);
        }
    }

    /// <summary>Overwrites and deletes the broken stores of this program; another program's stay.</summary>
    /// <returns>How many went.</returns>
    /// <exception cref="IOException">One could not be deleted.</exception>
    public int Erase()
    {
        var ours = Numbers().Select(FolderOf).Where(folder => StoreLoss.Read(folder) is not { IsForeign: true }).ToList();
        foreach (var folder in ours)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })) OverwrittenFile.Fill(file);
            Directory.Delete(folder, recursive: true);
        }

        if (ours.Count > 0) FolderSync.Sync(_folder);
        return ours.Count;
    }

    private static void Move(string from, string to)
    {
        // What is no file must not stand in the way of reading the others.
        var isLink = new FileInfo(from).LinkTarget is not null;
        if (isLink || OddFile.Describe(from) is not null) to += ".odd";
        if (!isLink && Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to);
    }

    private string FolderOf(long number) => Path.Combine(_folder, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Of the broken stores, newest first. What somebody linked or wrote there is not one.</summary>
    private List<long> Numbers() => Taken().Where(number => new DirectoryInfo(FolderOf(number)) is { Exists: true, LinkTarget: null }).OrderDescending().ToList();

    /// <summary>The numbers that are names in the folder, whatever has them.</summary>
    private HashSet<long> Taken() => !Directory.Exists(_folder) ? [] : Directory.EnumerateFileSystemEntries(_folder)
        .Select(entry => long.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && entry == FolderOf(number) ? number : 0)
        .Where(number => number is > 0 and <= LastNumber).ToHashSet();

    /// <summary>The highest that comes after one that is there, so that the newest has the highest; after a strange last one, the next below.</summary>
    private long FreeNumber()
    {
        var taken = Taken();
        return taken.Append(0).Select(number => number + 1).Where(number => number <= LastNumber && !taken.Contains(number)).Max();
    }

    /// <param name="taken">The newest, also where somebody left a higher number there.</param>
    private void Forget(long taken)
    {
        foreach (var old in Numbers().Where(number => StoreLoss.Read(FolderOf(number)) is not { IsForeign: true }).OrderByDescending(number => number == taken).Skip(Kept).ToList())
            Directory.Delete(FolderOf(old), recursive: true);
    }
}
