using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A noodsteunpunt (11) and a meldkamer (1): whole nodes with stores on disk, each with a subscriber at its broker.</summary>
internal sealed class NodePair : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-pair-");
    private readonly TestNode _meldkamer;
    private TestNode? _steunpunt;
    private HeardDocuments? _receipts;
    private HeardDocuments? _delivered;

    private NodePair(ILink link) => _meldkamer = new TestNode(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), Path.Combine(_folder.FullName, "1"), link);

    internal TestNode Meldkamer => _meldkamer;

    internal TestNode Steunpunt => _steunpunt ?? throw new InvalidOperationException("The pair is not started.");

    /// <summary>Meldingen that the meldkamer handed to its applications, in order, repeats included.</summary>
    internal IReadOnlyList<long> Delivered => _delivered!.Sequences();

    /// <summary>Meldingen of which the noodsteunpunt knows that the meldkamer has them.</summary>
    internal int Received => _receipts!.Sequences(IsIn("ontvangen")).Distinct().Count();

    /// <summary>Meldingen that the noodsteunpunt gave up.</summary>
    internal int GivenUp => _receipts!.Sequences(one => IsIn("vervallen")(one) || IsIn("afgewezen")(one)).Count;

    /// <summary>Joined by one link.</summary>
    internal static Task<NodePair> StartAsync(ILink meldkamer, ILink steunpunt) => StartAsync(meldkamer, _ => [steunpunt]);

    /// <param name="meldkamer">Its link.</param>
    /// <param name="steunpunt">Makes the links of the noodsteunpunt; takes the port of the meldkamer's broker.</param>
    internal static async Task<NodePair> StartAsync(ILink meldkamer, Func<int, ILink[]> steunpunt)
    {
        var pair = new NodePair(meldkamer);
        try
        {
            await pair._meldkamer.StartAsync();
            pair._steunpunt = new TestNode(new Site(11, "Noodsteunpunt", Role.Noodsteunpunt, "groningen"), Path.Combine(pair._folder.FullName, "11"), steunpunt(pair._meldkamer.Port));
            await pair._steunpunt.StartAsync();
            pair._delivered = await HeardDocuments.ConnectAsync(pair._meldkamer.Port, "weerbaarheid/v1/out/11/melding");
            pair._receipts = await HeardDocuments.ConnectAsync(pair._steunpunt.Port, "weerbaarheid/v1/receipt/11/#");
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a melding in at the noodsteunpunt and waits until it is on its disk.</summary>
    internal async Task HandInAsync(string text, int priority = 2)
    {
        var outcome = await Steunpunt.SubmitAsync("melding", string.Create(CultureInfo.InvariantCulture, $$"""{"priority":{{priority}},"text":"{{JsonEncodedText.Encode(text)}}"}"""));
        if (outcome.Refusal != Refusal.None) throw new InvalidOperationException($"A melding was refused: {outcome.Reason}");
    }

    internal async Task HandInAsync(IEnumerable<string> texts)
    {
        foreach (var text in texts) await HandInAsync(text);
    }

    /// <summary>Waits until this link is the way up.</summary>
    internal Task<bool> LeadsUpAsync(string link, TimeSpan most) => UntilAsync(() => Steunpunt.Status.GetProperty("wayUp").GetString() == link, most);

    /// <summary>Waits until the noodsteunpunt knows that so many have arrived.</summary>
    internal Task<bool> ReceivedAsync(int count, TimeSpan most) => UntilAsync(() => Received >= count, most);

    /// <summary>Looks until it holds, or until the time is over.</summary>
    internal static async Task<bool> UntilAsync(Func<bool> holds, TimeSpan most)
    {
        var deadline = Environment.TickCount64 + (long)most.TotalMilliseconds;
        while (!holds())
        {
            if (Environment.TickCount64 >= deadline) return holds();
            await Task.Delay(Glance);
        }

        return true;
    }

    public override string ToString() =>
        $"{Received} received, delivered {string.Join(' ', Delivered)}\n{(_steunpunt is null ? "" : Steunpunt.Status)}\n{_meldkamer.Status}";

    public async ValueTask DisposeAsync()
    {
        if (_receipts is not null) await _receipts.DisposeAsync();
        if (_delivered is not null) await _delivered.DisposeAsync();
        if (_steunpunt is not null) await _steunpunt.DisposeAsync();
        await _meldkamer.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static Func<JsonElement, bool> IsIn(string state) => one => one.GetProperty("state").GetString() == state;
}
