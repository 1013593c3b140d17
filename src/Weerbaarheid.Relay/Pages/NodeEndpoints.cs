using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Node;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the node answers to programs over HTTP (design §6.5).</summary>
internal static class NodeEndpoints
{
    private const string Json = "application/json";

    public static void MapNode(this IEndpointRouteBuilder app, RelayNode node, TimeProvider time)
    {
        app.MapGet("/healthz", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", context => ReadyAsync(context, node));
        app.MapGet("/api/v1/report", context => WriteAsync(context, node.Report));
        app.MapGet("/api/v1/status", context => WriteAsync(context, node.Status));
        app.MapGet("/api/v1/messages", context => MessageEndpoint.AnswerAsync(context, node));
        app.MapGet("/api/v1/changes", new ChangesEndpoint(node, time).AnswerAsync);
        app.MapExports(node);
    }

    /// <summary>Ready means that messages are taken in.</summary>
    private static Task ReadyAsync(HttpContext context, RelayNode node)
    {
        var isReady = node.Report.Length > 0 && !node.Completion.IsCompleted;
        context.Response.ContentType = "text/plain";
        if (!isReady) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isReady ? "ready\n" : "not ready\n");
    }

    private static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = Json;
        return context.Response.Body.WriteAsync(document).AsTask();
    }
}
