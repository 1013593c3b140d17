using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Node;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the node answers to programs over HTTP (design §6.5).</summary>
internal static class NodeEndpoints
{
    private const string Json = "application/json";

    /// <param name="app">Where.</param>
    /// <param name="node">The node behind it.</param>
    /// <param name="time">The machine's clocks.</param>
    /// <param name="isDesk">Whether a request comes from the machine itself, or from who gave a coordinator's PIN.</param>
    public static void MapNode(this IEndpointRouteBuilder app, RelayNode node, TimeProvider time, Func<HttpContext, bool> isDesk)
    {
        app.MapGet("/healthz", context => AnswerAsync(context, node.IsAlive, "ok", "stopped"));
        // Ready means that messages are taken in.
        app.MapGet("/readyz", context => AnswerAsync(context, node.IsReady, "ready", "not ready"));
        app.MapGet("/api/v1/report", context => WriteAsync(context, node.Report));
        app.MapGet("/api/v1/status", context => WriteAsync(context, node.Status));
        app.MapGet("/api/v1/messages", context => MessageEndpoint.AnswerAsync(context, node));
        app.MapGet("/api/v1/changes", new ChangesEndpoint(node, time, isDesk).AnswerAsync);
        app.MapExports(node);
    }

    private static Task AnswerAsync(HttpContext context, bool isGood, string yes, string no)
    {
        context.Response.ContentType = "text/plain";
        if (!isGood) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isGood ? $"{yes}\n" : $"{no}\n");
    }

    private static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = Json;
        return context.Response.Body.WriteAsync(document).AsTask();
    }
}
