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
            MakeFolder();
            var place = FolderOf(Numbers().FirstOrDefault() + 1);
            Directory.CreateDirectory(place);
            foreach (var part in Breakage.PartsOf(store).Where(Breakage.Exists)) Move(part, Path.Combine(place, Path.GetFileName(part)));
            FolderSync.Sync(place);
            FolderSync.Sync(_folder);
            FolderSync.Sync(Path.GetDirectoryName(_folder)!);
            var loss = new StoreLoss(at, reason, place, isForeign);
            loss.Write();
            Forget();
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

    private List<long> Numbers() => !Directory.Exists(_folder) ? [] : Directory.EnumerateDirectories(_folder)
        .Select(folder => long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Where(number => number > 0).OrderDescending().ToList();

    /// <summary>A file in its place makes way.</summary>
    private void MakeFolder()
    {
        if (Breakage.Exists(_folder) && !Directory.Exists(_folder))
        {
            var free = Enumerable.Range(1, int.MaxValue).Select(number => string.Create(CultureInfo.InvariantCulture, $"{_folder}.{number}"));
            File.Move(_folder, free.First(name => !Breakage.Exists(name)));
        }

        Directory.CreateDirectory(_folder);
    }

    private void Forget()
    {
        foreach (var old in Numbers().Where(number => StoreLoss.Read(FolderOf(number)) is not { IsForeign: true }).Skip(Kept).ToList())
            Directory.Delete(FolderOf(old), recursive: true);
    }
}
