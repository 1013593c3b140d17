using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary>What a node answered to an order, or why it did not do it.</summary>
/// <param name="Document">Null when there is a problem, or when no node runs.</param>
/// <param name="Problem">Why it was not done; null when it was, or when no node runs.</param>
internal readonly record struct OrderAnswer(byte[]? Document, string? Problem)
{
    /// <summary>No node runs: its files may be used.</summary>
    public bool IsStopped => Document is null && Problem is null;
}

/// <summary>Brings orders to the node of a configuration over its page, or opens the store of one that does not run.</summary>
internal sealed class NodeOrders(RelayConfiguration configuration, VerbContext context) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Patience };

    /// <summary>Brings an order.</summary>
    public async Task<OrderAnswer> AskAsync(string what, byte[] order, CancellationToken cancellationToken)
    {
        if (configuration.HttpListen is not { Port: > 0 } page) return default;
        var address = new IPEndPoint(page.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : page.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : page.Address, page.Port);
        using var content = new ByteArrayContent(order);
        content.Headers.ContentType = new MediaTypeHeaderValue(OperatorDocument.ContentType);
        try
        {
            using var response = await _http.PostAsync(new Uri($"http://{address}{OperatorDocument.Root}/{what}"), content, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) return new OrderAnswer(body, null);
            return new OrderAnswer(null, body.Length is > 0 and < 1_000 ? Encoding.UTF8.GetString(body) : $"Op {page} antwoordt een ander programma, of een andere versie van dit programma.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return default;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new OrderAnswer(null, "Het punt gaf geen antwoord. Kijk met 'exercise list' of 'report' wat ervan kwam, en probeer het opnieuw.");
        }
    }

    /// <summary>Opens the store of a node that does not run; the store's own lock keeps a running one out.</summary>
    /// <returns>The store, or why not.</returns>
    public (SqliteOutbox? Store, TimeSpan Now, string? Problem) OpenStore()
    {
        var path = Path.Combine(configuration.DataFolder, "outbox.db");
        if (!File.Exists(path)) return (null, default, $"Er draait hier geen punt, en in {configuration.DataFolder} ligt geen opslag. Start het punt, of geef de goede map met --data of --config.");
        SqliteOutbox? store = null;
        try
        {
            var options = OutboxOptions.Default with
            {
                Ballast = (long)configuration.BallastMiB << 20,
                Lives = configuration.Lives((uint)RandomNumberGenerator.GetInt32(1, (int)LifeFiles.LastDrawn + 1)),
                Clock = context.Time,
            };
            store = SqliteOutbox.Open(path, configuration.Site.Id, options);
            var snapshot = store.Load(1);
            return (store, snapshot.Time, null);
        }
        catch (OutboxException e)
        {
            store?.Dispose();
            return (null, default, e.Failure == OutboxFailure.InUse
                ? "Het punt draait, maar zijn pagina antwoordt niet. Zet http.listen aan, of stop het punt even." : $"De opslag van dit punt is niet te gebruiken: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}
