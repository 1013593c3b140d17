using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Scenarios;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Outbox.Zoo;

/// <summary>The data folder of a node that took meldingen in and whose power was cut: a database with a log, and the life file.</summary>
public sealed class GoodStore : IAsyncLifetime
{
    /// <summary>Meldingen in it; enough for a tree of three levels.</summary>
    public const int Count = 400;

    internal static readonly Site Site = new(11, "Noodsteunpunt", Role.Noodsteunpunt, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("good-store-");

    /// <summary>Ids that were given out.</summary>
    public IReadOnlyList<string?> Ids { get; private set; } = [];

    public async Task InitializeAsync()
    {
        var live = _folder.CreateSubdirectory("live");
        await using var node = await new TestNode(Site, live.FullName).StartAsync();
        using var publisher = await PipelinedPublisher.ConnectAsync(node.Port);
        var answers = await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(Count, reference: "good"), inFlight: 64);
        Ids = [.. answers.Select(answer => answer.Id)];
        Assert.Equal(Count, Ids.Distinct().Count());
        // All of it is synced; a copy of the open files is what a power cut leaves.
        foreach (var file in live.GetFiles()) file.CopyTo(Path.Combine(_folder.FullName, file.Name));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "outbox.db-wal")));
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    internal void CopyTo(string folder)
    {
        foreach (var file in _folder.GetFiles()) file.CopyTo(Path.Combine(folder, file.Name));
    }
}
