using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>
/// What the command line asks a running node for a courier. For programs on the same machine alone, and only with a type of content that no
/// page of another site can make a browser send.
/// </summary>
internal static class CourierEndpoints
{
    /// <summary>One at a time: each may hold a whole file in memory.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    public static void MapCourier(this IEndpointRouteBuilder app, RelayNode node)
    {
        app.MapPost("/api/v1/courier/export", context => InTurnAsync(context, () => ExportAsync(context, node)));
        app.MapPost("/api/v1/courier/import", context => InTurnAsync(context, () => ImportAsync(context, node)));
    }

    private static async Task InTurnAsync(HttpContext context, Func<Task> work)
    {
        var connection = context.Connection;
        var isHere = connection.RemoteIpAddress is { } remote && (System.Net.IPAddress.IsLoopback(remote) || remote.Equals(connection.LocalIpAddress));
        if (!isHere || context.Request.ContentType != CourierDocument.FileType)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (!await Turn.WaitAsync(TimeSpan.FromSeconds(10), context.RequestAborted))
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Er wordt al een koeriersbestand gemaakt of ingelezen. Probeer het zo weer.");
            return;
        }

        try
        {
            await work();
        }
        finally
        {
            Turn.Release();
        }
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
