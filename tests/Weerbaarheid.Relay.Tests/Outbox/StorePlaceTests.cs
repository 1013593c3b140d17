using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Somebody deletes, moves or replaces the files of a store that is open: what was committed, and what is from then on, is at the path.</summary>
public sealed class StorePlaceTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("place-");

    private string Folder => Path.Combine(_root.FullName, "data");

    private string Database => Path.Combine(Folder, "outbox.db");

    public void Dispose() => _root.Delete(recursive: true);

    [SkippableTheory]
    [InlineData("both deleted")]
    [InlineData("database deleted")]
    [InlineData("log deleted")]
    [InlineData("folder renamed")]
    [InlineData("folder deleted")]
    [InlineData("another in its place")]
    [InlineData("a log in the place of its log")]
    public void What_was_committed_is_written_back_and_the_batch_is_refused(string what)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux tells which file it is");
        using var outbox = Open(Folder);
        outbox.Load(10);
        for (ulong i = 1; i <= 5; i++) outbox.Commit([Sample.Put(Sample.Envelope(i))], TimeSpan.Zero);
        Break(what);

        var refused = Assert.Throws<OutboxException>(() => outbox.Commit([Sample.Put(Sample.Envelope(6))], TimeSpan.Zero));
        Assert.Equal(OutboxFailure.Failed, refused.Failure);
        Assert.Contains("written back", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5], AfterAKill());

        Assert.Equal(5, outbox.Load(10).Envelopes.Count);
        Assert.Empty(outbox.Quarantined);
        outbox.Commit([Sample.Put(Sample.Envelope(6))], TimeSpan.Zero);
        Assert.Equal([1, 2, 3, 4, 5, 6], AfterAKill());
        if (OperatingSystem.IsLinux()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Database));
        if (what.StartsWith("another", StringComparison.Ordinal)) Assert.Equal("theirs", File.ReadAllText(Database + ".aside-1"));
    }

    [SkippableFact]
    public void While_it_cannot_be_written_back_all_is_refused_and_nothing_is_lost()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux tells which file it is");
        using var outbox = Open(Folder);
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.Zero);
        Directory.Delete(Folder, recursive: true);
        File.WriteAllText(Folder, "a file where the folder was");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // A commit, and loads, as the node tries after a failure.
            Action next = attempt == 0 ? () => outbox.Commit([Sample.Put(Sample.Envelope(2))], TimeSpan.Zero) : () => outbox.Load(10);
            Assert.Contains("Do not stop the node", Assert.Throws<OutboxException>(next).Message, StringComparison.Ordinal);
        }

        File.Delete(Folder);
        Assert.Single(outbox.Load(10).Envelopes);
        Assert.Equal([1], AfterAKill());
        outbox.Commit([Sample.Put(Sample.Envelope(2))], TimeSpan.Zero);
        Assert.Equal([1, 2], AfterAKill());
    }

    private void Break(string what)
    {
        if (what is "both deleted" or "database deleted" or "another in its place") File.Delete(Database);
        if (what is "both deleted" or "log deleted" or "a log in the place of its log") File.Delete(Database + "-wal");
        if (what == "folder renamed") Directory.Move(Folder, Folder + "-old");
        if (what == "folder deleted") Directory.Delete(Folder, recursive: true);
        if (what == "another in its place") File.WriteAllText(Database, "theirs");
        if (what == "a log in the place of its log") File.WriteAllBytes(Database + "-wal", new byte[5_000]);
    }

    /// <summary>The messages that a start would find if the process died now: the files at the path, copied as they are.</summary>
    private List<int> AfterAKill()
    {
        var copy = _root.CreateSubdirectory(Guid.NewGuid().ToString()).FullName;
        foreach (var file in Directory.GetFiles(Folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using var outbox = Open(copy);
        var found = outbox.Load(10).Envelopes.Select(one => (int)one.Key.Sequence).Order().ToList();
        Assert.Empty(outbox.Quarantined);
        return found;
    }

    private static SqliteOutbox Open(string folder) => SqliteOutbox.Open(
        Path.Combine(folder, "outbox.db"), Sample.Site, OutboxOptions.Default with { Lives = new LifeFiles(LifeFile.InFolder(folder), null, null) });
}
