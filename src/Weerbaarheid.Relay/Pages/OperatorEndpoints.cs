using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the command line orders of a running node: exercises and erasures. For programs on the same machine alone, as the courier's requests.</summary>
internal sealed class OperatorEndpoints(RelayNode node, FileTurn turn)
{
    private const int LongestOrder = 4_096;

    public async Task AnswerAsync(HttpContext context, PathString what)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsPost(context.Request.Method) || !LocalProgram.IsAsking(context, OperatorDocument.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            using var order = await ReadAsync(context);
            if (order is null) await RefuseAsync(context, StatusCodes.Status400BadRequest, "Deze opdracht is niet te lezen.");
            else await DoAsync(context, what.Value?.TrimStart('/'), order.RootElement);
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (e is IOException or OutboxException or ObjectDisposedException)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, $"Dat lukt nu niet: {e.Message}");
        }
    }

    private Task DoAsync(HttpContext context, string? what, JsonElement order) => what switch
    {
        OperatorDocument.List => WriteAsync(context, OperatorDocument.Of(node.Exercises)),
        OperatorDocument.Start => StartAsync(context, Text(order, "name")),
        OperatorDocument.Stop => node.EndExercise() is { } ended
            ? WriteAsync(context, OperatorDocument.Of([ended])) : RefuseAsync(context, StatusCodes.Status409Conflict, "Er is geen oefening bezig."),
        OperatorDocument.Evaluate => node.FindExercise(Text(order, "name") ?? "") is { } exercise
            ? EvaluateAsync(context, exercise) : RefuseAsync(context, StatusCodes.Status404NotFound, "Een oefening met die naam is hier niet."),
        OperatorDocument.Erase => EraseAsync(context, order),
        _ => RefuseAsync(context, StatusCodes.Status404NotFound, "Deze opdracht bestaat niet."),
    };

    private Task StartAsync(HttpContext context, string? name)
    {
        if (!ExerciseBook.IsName(name)) return RefuseAsync(context, StatusCodes.Status400BadRequest, $"Geef de oefening een naam van 1 tot {ExerciseBook.LongestName} tekens.");
        return node.BeginExercise(name!) is { } began
            ? WriteAsync(context, OperatorDocument.Of([began])) : RefuseAsync(context, StatusCodes.Status409Conflict, $"Oefening {node.Exercise?.Name} is nog bezig. Stop die eerst.");
    }

    private async Task EvaluateAsync(HttpContext context, ExerciseEntry exercise)
    {
        using var seat = await turn.TakeAsync(context.RequestAborted);
        if (seat is null) await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, FileTurn.Busy);
        else await WriteAsync(context, OperatorDocument.Of(node.Evaluate(exercise)));
    }

    private async Task EraseAsync(HttpContext context, JsonElement order)
    {
        var (erasure, problem) = ErasureRequest.Read(order);
        if (erasure is null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, problem!);
            return;
        }

        // Once begun it is finished, whoever hangs up.
        await WriteAsync(context, OperatorDocument.Of(await node.EraseAsync(erasure, CancellationToken.None)));
    }

    private static string? Text(JsonElement order, string name) => order.TryGetProperty(name, out var value) ? OrderText.Of(value) : null;

    private static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= LongestOrder)) return null;
        try
        {
            var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(document).AsTask();
    }

    private static Task RefuseAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(problem);
    }
}

/// <summary>Puts the orders before the pages' own door, which takes forms only.</summary>
internal static class OperatorEndpointsRoutes
{
    public static void UseOperators(this IApplicationBuilder app, RelayNode node, FileTurn turn)
    {
        var orders = new OperatorEndpoints(node, turn);
        app.Use(next => context => context.Request.Path.StartsWithSegments(OperatorDocument.Root, out var what) ? orders.AnswerAsync(context, what) : next(context));
    }
}
