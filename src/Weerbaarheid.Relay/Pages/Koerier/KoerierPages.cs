using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.QrCodes;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Koerier;

/// <summary>What goes along with a person: a file with all that the node holds, a file that somebody brought, and one message as a code to photograph.</summary>
internal sealed class KoerierPages(RelayNode node, FileTurn turn, Func<PageFrame> frame, TimeProvider time)
{
    /// <summary>Where a file that somebody brought goes.</summary>
    public const string UploadPath = "/koerier/inlezen";

    /// <summary>Bytes of a request with the largest file, and what a browser puts around it.</summary>
    public const long MostUpload = CourierFile.MostBytes + (16 << 10);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/koerier", context => ShowAsync(context, Html.None));
        app.MapPost("/koerier/meenemen", TakeAlongAsync);
        app.MapGet(UploadPath, context =>
        {
            context.Response.Redirect("/koerier");
            return Task.CompletedTask;
        });
        app.MapPost(UploadPath, ReadInAsync);
        app.MapGet("/bericht/{id}/qr", context => QrAsync(context, (string)context.GetRouteValue("id")!)).Requires(PinRole.Vrijwilliger);
    }

    private Task ShowAsync(HttpContext context, Html outcome)
    {
        var waiting = node.Picture?.Status.Waiting.Sum() ?? 0;
        var body = Html.Of($"""
            {outcome}
            <h2>Meenemen</h2>
            <p>Er {(waiting == 1 ? "wacht" : "wachten")} hier {waiting} {(waiting == 1 ? "bericht" : "berichten")} op verzending. Haal het bestand op, zet het op een stick of een telefoon, en geef die aan de koerier. De berichten zijn verzegeld: de koerier kan ze niet lezen. Ze blijven hier ook liggen.</p>
            <form method="post" action="/koerier/meenemen"><button>Maak een bestand om mee te nemen</button></form>
            <h2>Inlezen</h2>
            <p>Heeft een koerier een bestand gebracht? Het eindigt op {CourierFile.Extension}. Twee keer inlezen kan geen kwaad.</p>
            <form method="post" action="{UploadPath}" enctype="multipart/form-data">
            <div><label class="title" for="bestand">Bestand van de koerier</label><input type="file" id="bestand" name="bestand" accept="{CourierFile.Extension}" required></div>
            <button>Lees dit bestand in</button>
            </form>
            <h2>De koerier</h2>
            <ol>
            <li>Breng de stick naar het punt dat is opgegeven, en laat hem daar inlezen.</li>
            <li>Vraag daar om het bestand met de antwoorden.</li>
            <li>Breng dat terug, en laat het hier inlezen. Pas dan staat hier dat de meldkamer het heeft.</li>
            </ol>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Koerier", body)));
    }

    private async Task TakeAlongAsync(HttpContext context)
    {
        using var seat = await turn.TakeAsync(context.RequestAborted);
        if (seat is null)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, FileTurn.Busy);
            return;
        }

        var load = await node.ExportAsync(null, context.RequestAborted);
        if (load.Problem is { } problem)
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, problem);
            return;
        }

        var name = CourierText.FileName(node.Site, time.GetLocalNow());
        var file = CourierFile.Write(load.Frames);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await context.Response.Body.WriteAsync(file, context.RequestAborted);
    }

    private async Task ReadInAsync(HttpContext context)
    {
        using var seat = await turn.TakeAsync(context.RequestAborted);
        if (seat is null)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, FileTurn.Busy);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MostUpload;
        var (file, problem) = await UploadedFile.ReadAsync(context.Request, "bestand", CourierFile.MostBytes);
        if (file is null)
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, problem);
            return;
        }

        var contents = CourierFile.Read(file.Value);
        // Once begun it is finished, whoever hangs up: the answer is only about what is on disk.
        var taking = await node.ImportAsync(contents.Frames, CancellationToken.None);
        await ShowAsync(context, Told(contents.State, taking));
    }

    private static Html Told(CourierFileState state, CourierTaking taking)
    {
        var isGood = state == CourierFileState.Whole && taking is { Problem: null, Refused: 0 };
        var isNothing = state is CourierFileState.Foreign or CourierFileState.TooLarge;
        return Layout.Box(isGood ? Tone.Good : isNothing ? Tone.Bad : Tone.Amber, isGood ? "Ingelezen" : isNothing ? "Niet ingelezen" : "Ingelezen, maar kijk dit na",
            Html.Each(CourierText.Lines(state, taking), line => Html.Of($"<p>{line}</p>")));
    }

    private Task RefuseAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        return ShowAsync(context, Layout.Box(Tone.Bad, "Dat is niet gelukt", Html.Of($"<p>{problem}</p>")));
    }

    /// <summary>One message as a code. A page of its own: making it asks the node, and what changes by itself must not.</summary>
    private async Task QrAsync(HttpContext context, string id)
    {
        if (MessageId.Parse(id) is not { } key || key.Origin != node.Site.Id || node.Board.Find(key) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var seat = await turn.TakeAsync(context.RequestAborted);
        var load = seat is null ? CourierLoad.Refused(FileTurn.Busy) : await node.ExportAsync(key, context.RequestAborted);
        var body = load switch
        {
            { Problem: { } problem } => Layout.Box(Tone.Amber, "Geen code", Html.Of($"<p>{problem}</p>")),
            { Frames: [{ Length: <= CourierText.LargestQrFrame } one] } => Code(id, one.Span),
            _ => Layout.Box(Tone.Amber, "Geen code", Html.Of($"<p>Dit bericht is te lang voor een QR-code. Geef een stick mee: <a href=\"/koerier\">Koerier</a>.</p>")),
        };
        var back = Html.Of($"""{body}<p class="noprint"><a class="button second" href="/bericht/{id}">Terug naar het bericht</a></p>""");
        await PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent($"Bericht {id} als QR-code", back)));
    }

    private static Html Code(string id, ReadOnlySpan<byte> frame)
    {
        var (path, size) = QrImage.Drawing(CourierText.ToQr(frame));
        return Html.Of($"""
            <p>Maak er een scherpe foto van, of druk deze pagina af. Het bericht is verzegeld: wie de foto heeft, kan het niet lezen.</p>
            <svg class="qr" role="img" aria-label="QR-code van bericht {id}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>
            <p>Op het andere punt leest de technicus de tekst van de code in met: <code>weerbaarheid-relay courier import -</code></p>
            """);
    }
}
