using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Node;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the node answers over HTTP (design §6.5); the pages for people come on top of it.</summary>
internal static class NodeEndpoints
{
    private const string Json = "application/json";

    public static void MapNode(this IEndpointRouteBuilder app, RelayNode node)
    {
        app.MapGet("/healthz", context => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", context => ReadyAsync(context, node));
        app.MapGet("/api/v1/report", context => WriteAsync(context, node.Report));
        app.MapGet("/api/v1/status", context => WriteAsync(context, node.Status));
        app.MapGet("/", context => context.Response.WriteAsync(
            "Weerbaarheid.Relay\n\n/api/v1/report  situatierapport\n/api/v1/status  dit punt\n/healthz  /readyz\n"));
    }

    /// <summary>Ready means that messages are taken in.</summary>
    private static async Task ReadyAsync(HttpContext context, RelayNode node)
    {
        if (node.Report.Length == 0 || node.Completion.IsCompleted) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(context.Response.StatusCode == StatusCodes.Status200OK ? "ready\n" : "not ready\n");
    }

    private static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = Json;
        return context.Response.Body.WriteAsync(document).AsTask();
    }
}
