using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>What came of asking a node about a courier.</summary>
/// <param name="Value">The answer; null when there is none.</param>
/// <param name="Problem">Why not, in Dutch; null when there is one.</param>
internal readonly record struct CourierAnswer<T>(T? Value, string? Problem)
    where T : class;

/// <summary>What a node did with a file.</summary>
/// <param name="State">The shape of the file.</param>
/// <param name="Taking">What became of what is in it.</param>
internal sealed record CourierResult(CourierFileState State, CourierTaking Taking);

/// <summary>The node of a configuration as a courier reaches it: over its page when it runs, and its store when it does not.</summary>
internal sealed class CourierReach(RelayConfiguration configuration, VerbContext context) : IDisposable
{
    /// <summary>For a whole file into a board with a slow disk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Patience };

    /// <summary>Whether the store was used, because no node runs; null before anything was asked.</summary>
    public bool? IsStopped { get; private set; }

    /// <summary>What the node holds.</summary>
    /// <param name="only">One record; null for everything.</param>
    public async Task<CourierAnswer<CourierLoad>> ExportAsync(string? only, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(only is null ? "export" : $"export?only={Uri.EscapeDataString(only)}", [], cancellationToken).ConfigureAwait(false);
        if (response is null) return OnStore(node => new CourierAnswer<CourierLoad>(node.Export(only is null ? null : MessageId.Parse(only)), null));
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) return new CourierAnswer<CourierLoad>(null, ProblemOf(response, body));
        var contents = CourierFile.Read(body);
        if (contents.State != CourierFileState.Whole) return new CourierAnswer<CourierLoad>(null, NotOurs);
        return new CourierAnswer<CourierLoad>(CourierHeaders.Read(contents.Frames, name => response.Headers.TryGetValues(name, out var values) ? values.First() : null), null);
    }

    /// <summary>Has a file taken in.</summary>
    public async Task<CourierAnswer<CourierResult>> ImportAsync(byte[] file, CancellationToken cancellationToken)
    {
        using var response = await AskAsync("import", file, cancellationToken).ConfigureAwait(false);
        if (response is null)
        {
            var contents = CourierFile.Read(file);
            return OnStore(node => new CourierAnswer<CourierResult>(new CourierResult(contents.State, node.Import(contents.Frames)), null));
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) return new CourierAnswer<CourierResult>(null, ProblemOf(response, body));
        return CourierDocument.Read(body) is var (state, taking)
            ? new CourierAnswer<CourierResult>(new CourierResult(state, taking), null) : new CourierAnswer<CourierResult>(null, NotOurs);
    }

    public void Dispose() => _http.Dispose();

    private string NotOurs => $"Op {configuration.HttpListen} antwoordt een ander programma, of een andere versie van dit programma.";

    /// <returns>Null when no node answers.</returns>
    private async Task<HttpResponseMessage?> AskAsync(string what, byte[] body, CancellationToken cancellationToken)
    {
        if (configuration.HttpListen is not { Port: > 0 } page) return null;
        var address = new IPEndPoint(page.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : page.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : page.Address, page.Port);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(CourierDocument.FileType);
        try
        {
            var response = await _http.PostAsync(new Uri($"http://{address}/api/v1/courier/{what}"), content, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                // Another program has the port; whether a node runs all the same is told by the store's lock.
                response.Dispose();
                return null;
            }

            IsStopped = false;
            return response;
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It was there, and is gone or hangs: what it took in is on its disk, and the same file may be given again.
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            {
                Content = new StringContent("Het punt gaf geen antwoord. Probeer het opnieuw; hetzelfde bestand twee keer inlezen kan geen kwaad."),
            };
        }
    }

    private string ProblemOf(HttpResponseMessage response, byte[] body) => response.StatusCode switch
    {
        HttpStatusCode.Forbidden => NotOurs,
        HttpStatusCode.RequestEntityTooLarge => "Het bestand is te groot. Dit is geen koeriersbestand.",
        _ when body.Length is > 0 and < 1_000 => System.Text.Encoding.UTF8.GetString(body),
        _ => NotOurs,
    };

    private CourierAnswer<T> OnStore<T>(Func<StoppedNode, CourierAnswer<T>> work)
        where T : class
    {
        IsStopped = true;
        if (!File.Exists(StoppedNode.StoreIn(configuration.DataFolder)))
            return new CourierAnswer<T>(null, $"Er draait hier geen punt, en in {configuration.DataFolder} ligt geen opslag. Start het punt, of geef de goede map met --data of --config.");
        if (CommonOptions.LoadKeys(configuration, context) is not { } keys) return new CourierAnswer<T>(null, "De sleutels van dit punt zijn niet te lezen.");
        var store = OutboxOptions.Default with
        {
            Ballast = (long)configuration.BallastMiB << 20,
            Lives = configuration.Lives((uint)RandomNumberGenerator.GetInt32(1, (int)LifeFiles.LastDrawn + 1)),
            Clock = context.Time,
        };
        try
        {
            using (keys)
            using (var node = StoppedNode.Open(configuration.Site, keys, configuration.DataFolder, store, RelayRules.WithQueue(configuration.QueueMessages), context.Time))
            {
                return work(node);
            }
        }
        catch (OutboxException e)
        {
            return new CourierAnswer<T>(null, e.Failure == OutboxFailure.InUse
                ? $"Het punt draait, maar zijn pagina antwoordt niet ({(configuration.HttpListen is { } page ? page.ToString() : "http.listen staat uit")}). Zet de pagina aan, of stop het punt even."
                : $"De opslag van dit punt is niet te gebruiken: {e.Message}");
        }
    }
}
