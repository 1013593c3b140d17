using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages;

/// <summary>The files that people take out of a node (design §6.5). They hold personal data: whoever may not see that must be stopped before he comes here.</summary>
internal sealed class ExportEndpoints(RelayNode node)
{
    /// <summary>Exports that are made at once; who comes when there are more is asked to come again.</summary>
    public const int Seats = 4;

    /// <summary>Bulletins that are looked at, the newest.</summary>
    private const int MostBulletins = 512;

    /// <summary>Records between two flushes of a stream: what a slow reader makes a node hold.</summary>
    private const int Stretch = 64;

    private const string Text = "text/plain; charset=utf-8";

    private int _taken;

    private ushort? Desk => node.Site.Role == Role.Meldkamer ? node.Site.Id : null;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/export/meldingen.csv", context => TakeAsync(context, reader => StreamAsync(context, reader, new CsvDocument())));
        app.MapGet("/export/meldingen.geojson", context => TakeAsync(context, reader => StreamAsync(context, reader, new GeoJsonDocument())));
        app.MapGet("/export/bulletins.atom", context => TakeAsync(context, reader => FeedAsync(context, reader)));
        app.MapGet("/export/bulletins/{id}.cap", context => TakeAsync(context, reader => AlertAsync(context, reader)));
        app.MapGet("/export/sitrap.html", context => TakeAsync(context, reader => SitrapAsync(context, reader)));
    }

    /// <summary>Takes a seat and a reader, and says in a sentence why there is none.</summary>
    private async Task TakeAsync(HttpContext context, Func<RecordReader, Task> answer)
    {
        if (Interlocked.Increment(ref _taken) > Seats)
        {
            Interlocked.Decrement(ref _taken);
            context.Response.Headers.RetryAfter = "5";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Er worden al te veel bestanden gemaakt. Probeer het over een paar tellen weer.");
            return;
        }

        try
        {
            using var reader = node.OpenReader();
            await answer(reader);
        }
        catch (Exception e) when (e is OutboxException or ObjectDisposedException)
        {
            // Half a file must not look like a whole one.
            if (context.Response.HasStarted) context.Abort();
            else await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "De opslag kan nu niet worden gelezen. Probeer het over een minuut weer.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            Interlocked.Decrement(ref _taken);
        }
    }

    private async Task StreamAsync(HttpContext context, RecordReader reader, RecordDocument document)
    {
        var (kind, isGood) = await KindAsync(context, standard: null);
        if (!isGood) return;
        var ended = context.RequestAborted;
        var amendments = Amendments.From(reader.Newest([MessageType.Amend], ended), Desk);
        SetHead(context, document.ContentType, document.FileName);
        var body = context.Response.BodyWriter;
        document.Begin(body);
        var left = Stretch;
        foreach (var record in reader.Newest(RecordFacts.Types, ended))
        {
            if (kind is { } only && record.Envelope.Header.Exercise != only) continue;
            document.Add(body, RecordFacts.Of(record, amendments));
            if (--left > 0) continue;
            left = Stretch;
            await body.FlushAsync(ended);
        }

        document.End(body, amendments.LeftOut);
        await body.FlushAsync(ended);
    }

    private async Task FeedAsync(HttpContext context, RecordReader reader)
    {
        var bulletins = Bulletins(context, reader);
        var alerts = bulletins.Where(record => record.Message is Bulletin).Select(record => CapAlert.Of(record.Envelope, (Bulletin)record.Message!, bulletins, node.Site.Region));
        // Without bulletins the feed never changed.
        var identifier = string.Create(CultureInfo.InvariantCulture, $"weerbaarheid-relay.bulletins.punt-{node.Site.Id}");
        SetHead(context, CapXml.FeedContentType, "bulletins.atom");
        await context.Response.BodyWriter.WriteAsync(CapXml.Feed([.. alerts], identifier, $"Bulletins, regio {VisibleText.Line(node.Site.Region)}", DateTimeOffset.UnixEpoch), context.RequestAborted);
    }

    private async Task AlertAsync(HttpContext context, RecordReader reader)
    {
        var id = context.GetRouteValue("id") as string;
        var bulletins = Bulletins(context, reader);
        if (bulletins.FirstOrDefault(record => record.Envelope.Key.ToString() == id) is not { Message: Bulletin bulletin } found)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "Dit bulletin is hier niet. Kijk in /export/bulletins.atom welke er zijn.");
            return;
        }

        SetHead(context, CapXml.ContentType, $"bulletin-{found.Envelope.Key}.cap.xml");
        await context.Response.BodyWriter.WriteAsync(CapXml.Alert(CapAlert.Of(found.Envelope, bulletin, bulletins, node.Site.Region)), context.RequestAborted);
    }

    private async Task SitrapAsync(HttpContext context, RecordReader reader)
    {
        if (await KindAsync(context, Exercise.Actueel) is not ({ } kind, true)) return;
        var report = node.Report;
        if (report.Length == 0)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Dit punt start nog. Probeer het over een paar tellen weer.");
            return;
        }

        var ended = context.RequestAborted;
        var amendments = Amendments.From(reader.Newest([MessageType.Amend], ended), Desk);
        var facts = SitrapFacts.From(reader.Newest(RecordFacts.Types, ended), amendments, Bulletins(context, reader), report, kind);
        SetHead(context, "text/html; charset=utf-8", fileName: null);
        context.Response.Headers.ContentSecurityPolicy = SitrapPage.ContentSecurityPolicy;
        await context.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(SitrapPage.Draw(facts, node.Site)), ended);
    }

    private static List<OpenedRecord> Bulletins(HttpContext context, RecordReader reader) => [.. reader.Newest([MessageType.Bulletin], context.RequestAborted).Take(MostBulletins)];

    /// <summary>What is asked for with <c>?soort=</c>: all kinds when null. Answers itself when that is none.</summary>
    private static async Task<(Exercise? Kind, bool IsGood)> KindAsync(HttpContext context, Exercise? standard)
    {
        var asked = context.Request.Query["soort"].ToString();
        if (asked.Length == 0) return (standard, true);
        foreach (var kind in Enum.GetValues<Exercise>())
            if (string.Equals(kind.ToString(), asked, StringComparison.OrdinalIgnoreCase)) return (kind, true);
        await RefuseAsync(context, StatusCodes.Status400BadRequest, "Schrijf achter soort= een van deze woorden: actueel, oefening, test.");
        return (null, false);
    }

    private static void SetHead(HttpContext context, string contentType, string? fileName)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";
        if (fileName is not null) response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        SetHead(context, Text, fileName: null);
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(why + "\n");
    }
}

/// <summary>Puts the exports among a node's addresses.</summary>
internal static class ExportEndpointsRoutes
{
    public static void MapExports(this IEndpointRouteBuilder app, RelayNode node) => new ExportEndpoints(node).Map(app);
}
