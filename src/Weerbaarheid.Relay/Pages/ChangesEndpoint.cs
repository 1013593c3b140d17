using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages;

/// <summary>
/// <c>/api/v1/changes?since=MARK</c>: which messages changed since somebody looked, and the mark to ask with next. It waits until something has
/// changed, at most <see cref="LongestWait"/>. It looks at the board's version and wakes nobody in the loop; so many wait at once, and the rest come back later.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="time">The machine's clocks.</param>
/// <param name="isDesk">Whether a request is the desk's: see <see cref="ChangeSeats"/>.</param>
internal sealed class ChangesEndpoint(RelayNode node, TimeProvider time, Func<HttpContext, bool> isDesk)
{
    /// <summary>Ids in an answer; who missed more reads everything anew.</summary>
    public const int MostIds = 500;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly ChangeSeats _seats = new();

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var since = context.Request.Query["since"].ToString();
        if (node.Board.VersionOf(since) is { } seen && context.Request.Query["wait"] != "0" && !await WaitAsync(context, seen)) return;
        await context.Response.Body.WriteAsync(Tell(node.Board, since), context.RequestAborted);
    }

    /// <returns>False when the answer was given already.</returns>
    private async Task<bool> WaitAsync(HttpContext context, long seen)
    {
        if (_seats.Take(isDesk(context), LocalProgram.IsHere(context) ? null : context.Connection.RemoteIpAddress ?? IPAddress.None) is not { } leave)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
            await context.Response.WriteAsync("{\"error\":\"too many wait; ask again in 5 seconds, or with wait=0\"}", context.RequestAborted);
            return false;
        }

        try
        {
            var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            var (board, began) = (node.Board, time.GetTimestamp());
            while (board.Version == seen && node.Board == board && time.GetElapsedTime(began) < LongestWait)
            {
                await Task.Delay(Glance, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (end.IsCancellationRequested) return !context.RequestAborted.IsCancellationRequested;
            }

            return true;
        }
        finally
        {
            leave();
        }
    }

    private static byte[] Tell(MessageBoard board, string since)
    {
        var version = board.Version;
        List<string>? ids = board.VersionOf(since) switch
        {
            null => null,
            { } seen when seen == version => [],
            { } seen => [.. board.Newest(int.MaxValue).Where(entry => entry.Version > seen).SelectMany(Ids).Distinct().Take(MostIds + 1)],
        };
        var isAll = ids is null || ids.Count > MostIds;
        return JsonBytes.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("mark", board.MarkOf(version));
            // Of another life of the node, or too much was missed: read everything anew.
            json.WriteBoolean("all", isAll);
            json.WriteStartArray("changed");
            if (!isAll) foreach (var id in ids!) json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>What was said later about a record changes that record too.</summary>
    private static IEnumerable<string> Ids(BoardEntry entry) => entry.Message is Amend amend
        ? [entry.Envelope.Key.ToString(), LaterWords.About(amend).ToString()] : [entry.Envelope.Key.ToString()];
}
