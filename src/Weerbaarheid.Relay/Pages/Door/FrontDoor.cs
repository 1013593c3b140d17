using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>Through here comes every request: headers that go with every answer, who may not come in, and what people read when something is wrong.</summary>
/// <param name="frame">What stands around a page now.</param>
/// <param name="names">Under which names the node is spoken to.</param>
/// <param name="time">The machine's clocks.</param>
/// <param name="log">Where faults are told; never what somebody wrote.</param>
/// <param name="upload">The one address that takes a file, and how large a request for it may be; it reads that itself, within limits.</param>
internal sealed class FrontDoor(Func<PageFrame> frame, HostNames names, TimeProvider time, ILogger log, (PathString Path, long Most) upload)
{
    private const string ContentPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    private const string FormType = "application/x-www-form-urlencoded";
    private const string FileType = "multipart/form-data";

    private readonly AddressPace _pace = new(time);

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        SetHeaders(context.Response.Headers);
        try
        {
            if (Refuse(context) is { } refused) context.Response.StatusCode = refused;
            else await next(context);
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.PageFailed(e.GetType().Name, e.TargetSite?.Name);
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = context.Response;
        if (response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest || response.ContentType is not null) return;
        await ExplainAsync(context);
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with that, browsers send "Origin: null" with the node's own forms, and nothing shows any more where one comes from.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-store";
    }

    /// <returns>The status of a refusal; null when it may come in.</returns>
    private int? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (!names.Knows(request.Host.Host)) return StatusCodes.Status421MisdirectedRequest;
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address) && !_pace.TryTake(address, reads ? 1 : AddressPace.FormCost)) return StatusCodes.Status429TooManyRequests;
        if (reads) return null;
        if (!RequestOrigin.IsOwn(request)) return StatusCodes.Status403Forbidden;
        var takesFile = request.Path == upload.Path;
        if (request.ContentLength > (takesFile ? upload.Most : DoorLimits.MostBody)) return StatusCodes.Status413PayloadTooLarge;
        if (!takesFile && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit && request.ContentLength is null) limit.MaxRequestBodySize = DoorLimits.MostBody;
        // Who reads multipart with what the framework has writes it to disk.
        var type = request.ContentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end) type = type[..end];
        return type.Trim().Equals(takesFile ? FileType : FormType, StringComparison.OrdinalIgnoreCase) ? null : StatusCodes.Status415UnsupportedMediaType;
    }

    private async Task ExplainAsync(HttpContext context)
    {
        var (title, sentence) = Explain(context.Response.StatusCode);
        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"{title}. {sentence}\n");
            return;
        }

        var body = Html.Of($"""<p>{sentence}</p><p><a class="button" href="/">Naar het begin</a></p>""");
        await PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent(title, body)));
    }

    private static (string Title, string Sentence) Explain(int status) => status switch
    {
        StatusCodes.Status403Forbidden => ("Niet verstuurd", "Dit formulier kwam niet van een pagina van dit punt. Ga naar het begin en vul het daar in."),
        StatusCodes.Status404NotFound => ("Niet gevonden", "Deze pagina of dit bericht is hier niet (meer)."),
        StatusCodes.Status405MethodNotAllowed => ("Kan hier niet", "Zo kan deze pagina niet worden gebruikt."),
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status414UriTooLong => ("Te lang", "Er staat te veel tekst in het formulier. Ga terug, maak de tekst korter en verstuur opnieuw."),
        StatusCodes.Status415UnsupportedMediaType => ("Niet verstuurd", "Dit punt neemt alleen zijn eigen formulieren aan."),
        StatusCodes.Status421MisdirectedRequest => ("Onbekend adres", "Onder deze naam is dit punt niet bekend. Gebruik het adres dat bij dit punt op papier staat, of zet de naam bij http.names in relay.json."),
        StatusCodes.Status429TooManyRequests => ("Even wachten", "Dit toestel vraagt te veel achter elkaar. Wacht een halve minuut en probeer het opnieuw. Wat al verstuurd is, blijft verstuurd."),
        >= 500 => ("Er ging iets mis", "Dat is niet uw fout. Kijk bij Mijn meldingen of uw bericht is opgeslagen, en probeer het anders opnieuw."),
        _ => ("Dat lukt zo niet", "Dit punt begrijpt deze vraag niet. Ga naar het begin en probeer het opnieuw."),
    };
}
