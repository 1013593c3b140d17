using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Observing;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Node;

/// <summary>What a node is made of.</summary>
/// <param name="Site">Who it is.</param>
/// <param name="Keys">Its keys; the node owns them.</param>
/// <param name="DataFolder">Where its store lies.</param>
/// <param name="BrokerListen">Where applications and neighbours connect; null for no broker.</param>
/// <param name="Links">Its links, in the order of the configuration.</param>
/// <param name="Rules">Limits of what it relays.</param>
internal sealed record NodeSettings(Site Site, KeyRing Keys, string DataFolder, IPEndPoint? BrokerListen, IReadOnlyList<ILink> Links, RelayRules Rules)
{
    /// <summary>A second listener of the broker, with TLS; null for none.</summary>
    public BrokerTls? BrokerTls { get; init; }

    /// <summary>Limits of the store.</summary>
    public OutboxOptions Store { get; init; } = OutboxOptions.Default;

    /// <summary>Where the lives of its counter are kept; by default in the data folder alone.</summary>
    public LifeFiles Lives { get; init; } = new(LifeFile.InFolder(DataFolder), null, null);

    /// <summary>The exercise that the configuration says goes on; null when it says none. One that was begun on the running node goes on anyhow.</summary>
    public string? Exercise { get; init; }
}

/// <summary>A running node: store, broker, links and the loop that joins them.</summary>
internal sealed partial class RelayNode : IAsyncDisposable
{
    /// <summary>Events that may wait for the loop; more than that, and whoever brings them waits too.</summary>
    private const int InboxCapacity = 4_096;

    /// <summary>Erasures that may wait for each other.</summary>
    private const int MostErasures = 16;

    private readonly NodeSettings _settings;
    private readonly ILogger _log;
    private readonly Channel<RelayEvent> _inbox = Channel.CreateBounded<RelayEvent>(
        new BoundedChannelOptions(InboxCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteOutbox _outbox;
    private readonly MqttBroker? _broker;
    private readonly IReadOnlyList<ILink> _links;
    private readonly Publisher _publisher;
    private readonly NodeLoop _loop;
    private readonly TimeProvider _time;
    private readonly ExerciseBook _exercises;
    private readonly ExerciseJournal _journal;
    private readonly NodeMeasures _measures;
    private readonly Channel<ErasureOrder> _erasures = Channel.CreateBounded<ErasureOrder>(new BoundedChannelOptions(MostErasures) { FullMode = BoundedChannelFullMode.Wait });
    private int _disposed;

    /// <exception cref="OutboxException">The store cannot be opened, and is not broken; the message says why and what to do.</exception>
    public RelayNode(NodeSettings settings, TimeProvider time, ILoggerFactory logs)
    {
        (_settings, _time, _exercises, Papers) = (settings, time, new ExerciseBook(settings.DataFolder), new SitrapArchive(settings.DataFolder));
        _log = logs.CreateLogger("Relay");
        _outbox = SqliteOutbox.Open(Path.Combine(settings.DataFolder, "outbox.db"), settings.Site.Id, settings.Store with { Lives = settings.Lives, Clock = time });
        if (settings.BrokerListen is { } listen)
            _broker = new MqttBroker(new BrokerOptions(listen, settings.Site.Id) { Tls = settings.BrokerTls }, SubmitAsync, time, logs.CreateLogger("Broker"))
            {
                Operators = new AmateurDesk(settings.Links).Handle,
                KeyOrders = new KeyDesk(OrderAsync).HandleAsync,
            };
        _links = _broker is null ? settings.Links : [.. settings.Links, _broker.Link];
        _publisher = new Publisher(settings.Site, _broker, time);
        _journal = new ExerciseJournal(_exercises, settings.Keys, time, _log);
        _measures = new NodeMeasures(settings.Site.Id, () => _exercises.Current is not null);
        var around = new LoopSurroundings(_measures, new RecordTraces(settings.Site.Id), _journal, _erasures.Reader, Papers, settings.Store.RetentionDays);
        _loop = new NodeLoop(settings.Site, settings.Keys, _links, _outbox, settings.Rules, _publisher, _inbox.Reader, settings.Lives, around, time, _log);
    }

    /// <summary>Where the broker listens, once started.</summary>
    public IPEndPoint? BrokerEndpoint => _broker?.Endpoint;

    /// <summary>The newest situation report (JSON).</summary>
    public byte[] Report => _loop.Report;

    /// <summary>The node's own newest state (JSON).</summary>
    public byte[] Status => _loop.Status;

    /// <summary>The newest messages, opened; safe to read from any thread and never a burden to the loop.</summary>
    public MessageBoard Board => _loop.Board;

    /// <summary>The node's own state of at most half a minute ago, and of a quarter of a second ago when it changed; null until it is started.</summary>
    public NodePicture? Picture => _loop.Picture;

    /// <summary>Whether it may issue bulletins: it is the meldkamer, and its key file holds the authority's private key.</summary>
    public bool MayIssueBulletins => _settings.Site.Role == Role.Meldkamer && _settings.Keys.MayIssueBulletins;

    /// <summary>How long an envelope keeps the channel of each narrow link busy, once for each neighbour; nothing where there is no narrow link.</summary>
    /// <param name="length">Bytes of the envelope.</param>
    public IReadOnlyList<(string Link, TimeSpan Time)> TimeOnAir(int length) =>
        [.. _links.Where(link => link.Description.Air is not null).Select(link => (link.Description.Name, AirEstimate.Of(link.Description, length)))];

    /// <summary>The moment. Only once it is started.</summary>
    public Instant Now => _loop.Now;

    /// <summary>Whether messages are taken in: it is started, runs, and its store can be written.</summary>
    public bool IsReady => IsAlive && _loop.Picture is { Store.Problem: null } && Report.Length > 0;

    /// <summary>Whether nothing of it has ended by itself.</summary>
    public bool IsAlive => Volatile.Read(ref _disposed) == 0 && !(Completion.IsCompleted && _loop.Picture is not null);

    /// <summary>The situation reports that people released here.</summary>
    public SitrapArchive Papers { get; }

    /// <summary>Its exercises.</summary>
    public IReadOnlyList<ExerciseEntry> Exercises => _exercises.All;

    /// <summary>The exercise that goes on; null when there is none. What is handed in meanwhile is marked OEFENING.</summary>
    public ExerciseEntry? Exercise => _exercises.Current;

    /// <summary>Who it is.</summary>
    public Site Site => _settings.Site;

    /// <summary>Ends when the node has stopped; fails when a part of it failed, because half a node is worse than a restart.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts everything; when this returns, messages are taken in.</summary>
    /// <exception cref="OutboxException">The store cannot be read.</exception>
    /// <exception cref="BrokerStartException">The broker's address cannot be had.</exception>
    public async Task StartAsync()
    {
        if (_settings.Exercise is { } exercise && _exercises.Current?.Name != exercise)
        {
            _exercises.Stop(_time.GetUtcNow());
            BeginExercise(exercise);
        }

        if (_broker is not null) await _broker.StartAsync();
        // The publisher must run first: what an earlier life left unsaid may be more than its queue holds.
        var parts = new List<Task>();
        if (_broker is not null) parts.Add(Task.Run(() => _publisher.RunAsync(_stop.Token)));
        await _loop.StartAsync();
        parts.Add(Task.Run(() => _loop.RunAsync(_stop.Token)));
        parts.Add(Task.Run(() => _journal.RunAsync(_stop.Token)));
        var events = new LinkInbox(_inbox.Writer, _links);
        foreach (var link in _links) parts.Add(Task.Run(() => link.RunAsync(events, _stop.Token)));
        Completion = WatchAsync(parts);
    }

    /// <summary>Hands a message in.</summary>
    /// <returns>The outer task waits for room, the inner one for the commit.</returns>
    public async ValueTask<Task<SubmitOutcome>> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var ticket = new SubmitTicket(_time.GetTimestamp());
        await _inbox.Writer.WriteAsync(new RelayEvent.Submit(submission.Of(KindOf(submission.Message)), ticket), cancellationToken);
        return ticket.Task;
    }

    /// <summary>Hands in what an operator orders about keys; as <see cref="SubmitAsync"/>.</summary>
    public async ValueTask<Task<SubmitOutcome>> OrderAsync(KeyOrder order, CancellationToken cancellationToken)
    {
        var ticket = new TaskCompletionSource<SubmitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new RelayEvent.Order(order, ticket), cancellationToken);
        return ticket.Task;
    }

    /// <summary>Reads the store from outside the loop, with keys of its own; who asked disposes it.</summary>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    public RecordReader OpenReader() => new(_outbox, _settings.Keys.ForReading());

    /// <summary>What this node holds, for a courier; it is on disk what was numbered for it.</summary>
    /// <param name="only">One record; null for everything.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CourierLoad> ExportAsync(EnvelopeKey? only, CancellationToken cancellationToken)
    {
        var ticket = new TaskCompletionSource<CourierLoad>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new RelayEvent.CourierExport(only, ticket), cancellationToken);
        return await ticket.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Takes in what a courier brought; what the answer says is on disk. Frames go one after the other, so that meldingen that are handed in
    /// meanwhile wait for one of them and not for all.
    /// </summary>
    /// <returns>What became of the frames up to the first that the store failed on.</returns>
    public async Task<CourierTaking> ImportAsync(IEnumerable<ReadOnlyMemory<byte>> frames, CancellationToken cancellationToken)
    {
        var sum = CourierTaking.Nothing;
        foreach (var frame in frames)
        {
            var ticket = new TaskCompletionSource<CourierTaking>(TaskCreationOptions.RunContinuationsAsynchronously);
            await _inbox.Writer.WriteAsync(new RelayEvent.CourierImport(frame, ticket), cancellationToken);
            sum = sum.Plus(await ticket.Task.WaitAsync(cancellationToken));
            if (sum.Problem is not null) break;
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_broker is not null) await _broker.DisposeAsync();
        _outbox.Dispose();
        try
        {
            _journal.WriteWaiting();
        }
        catch (IOException e)
        {
            _log.JournalFailed(e.Message);
        }

        _journal.Dispose();
        _measures.Dispose();
        _settings.Keys.Dispose();
        _stop.Dispose();
    }

    /// <summary>The first part that ends takes the others with it.</summary>
    private async Task WatchAsync(List<Task> parts)
    {
        var first = await Task.WhenAny(parts);
        if (!_stop.IsCancellationRequested) _log.PartStopped(first.Exception);
        await _stop.CancelAsync();
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (first.Exception is null)
        {
            // Asked to stop.
        }
    }
}
