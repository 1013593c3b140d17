using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>
/// What the command line asks a running node for a courier. It stands before the pages' own door, because a file is no form: for programs on
/// the same machine alone, by its address, and only with a type of content that no page of another site can make a browser send.
/// </summary>
internal static class CourierEndpoints
{
    private const string Root = "/api/v1/courier", Export = "/export", Import = "/import";

    /// <summary>Answers what is for a courier; must come before what answers the rest.</summary>
    public static void UseCourier(this IApplicationBuilder app, RelayNode node, FileTurn turn) =>
        app.Use(next => context => context.Request.Path.StartsWithSegments(Root, out var what) ? AnswerAsync(context, what, node, turn) : next(context));

    private static async Task AnswerAsync(HttpContext context, PathString what, RelayNode node, FileTurn turn)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (StatusOf(context, what) is { } refused)
        {
            context.Response.StatusCode = refused;
            return;
        }

        using var seat = await turn.TakeAsync(context.RequestAborted);
        if (seat is null) await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, FileTurn.Busy);
        else await (what == Export ? ExportAsync(context, node) : ImportAsync(context, node));
    }

    /// <returns>Null when it may be answered.</returns>
    private static int? StatusOf(HttpContext context, PathString what)
    {
        if (what != Export && what != Import) return StatusCodes.Status404NotFound;
        if (!HttpMethods.IsPost(context.Request.Method)) return StatusCodes.Status405MethodNotAllowed;
        return LocalProgram.IsAsking(context, CourierDocument.FileType) ? null : StatusCodes.Status403Forbidden;
    }

    private static async Task ExportAsync(HttpContext context, RelayNode node)
    {
        EnvelopeKey? only = null;
        if (context.Request.Query.TryGetValue("only", out var named))
        {
            only = MessageId.Parse(named.ToString());
            if (only is null)
            {
                await RefuseAsync(context, StatusCodes.Status400BadRequest, $"'{named}' is geen nummer van een bericht; schrijf het als 11-4711.");
                return;
            }
        }

        var load = await node.ExportAsync(only, context.RequestAborted);
        if (load.Problem is { } problem)
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, problem);
            return;
        }

        context.Response.ContentType = CourierDocument.FileType;
        foreach (var (name, count) in CourierHeaders.Of(load)) context.Response.Headers[name] = count.ToString(CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(CourierFile.Write(load.Frames), context.RequestAborted);
    }

    private static async Task ImportAsync(HttpContext context, RelayNode node)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = CourierFile.MostBytes;
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
            return;
        }

        var contents = CourierFile.Read(body.GetBuffer().AsMemory(0, (int)body.Length));
        // Once begun it is finished, whoever hangs up: the answer is only about what is on disk.
        var taking = await node.ImportAsync(contents.Frames, CancellationToken.None);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(CourierDocument.ToBytes(contents.State, taking), context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(problem);
    }
}
