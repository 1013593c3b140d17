using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages;

/// <summary><c>/api/v1/messages</c> (design §6.5): the messages of this node, newest first, a page at a time.</summary>
internal static class MessageEndpoint
{
    /// <summary>Messages in an answer when nobody says how many.</summary>
    public const int Standard = 50;

    /// <summary>Most messages in an answer.</summary>
    public const int Most = 500;

    private static readonly MessageType[] Types =
        [MessageType.Melding, MessageType.Hulpvraag, MessageType.Hulpaanbod, MessageType.Status, MessageType.Bulletin, MessageType.Amend, MessageType.Sitrap];

    /// <summary>What was asked for.</summary>
    private readonly record struct Query(int Limit, EnvelopeKey? Before, ushort? Site, MessageType? Type);

    public static Task AnswerAsync(HttpContext context, RelayNode node)
    {
        context.Response.ContentType = "application/json";
        if (Read(context.Request.Query, out var query) is { } problem)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return context.Response.Body.WriteAsync(JsonBytes.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("error", problem);
                json.WriteEndObject();
            })).AsTask();
        }

        return context.Response.Body.WriteAsync(ToJson(node.Board.Newest(query.Limit, query.Before, query.Site, query.Type), query.Limit, node.Now)).AsTask();
    }

    private static byte[] ToJson(IReadOnlyList<BoardEntry> page, int limit, Instant at) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("at", at.Wall);
        json.WriteStartArray("messages");
        foreach (var entry in page) MessageDocument.Write(json, entry.Envelope, entry.Message, at.Now);
        json.WriteEndArray();
        // The page after this one, when there may be one.
        if (page.Count == limit) json.WriteString("before", page[^1].Envelope.Key.ToString());
        else json.WriteNull("before");
        json.WriteEndObject();
    });

    /// <returns>What is wrong, with its remedy; null when nothing is.</returns>
    private static string? Read(IQueryCollection given, out Query query)
    {
        query = new Query(Standard, null, null, null);
        if (given["limit"] is { Count: > 0 } limit)
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > Most) return $"limit: write a whole number from 1 to {Most}";
            query = query with { Limit = number };
        }

        if (given["before"] is { Count: > 0 } before)
        {
            if (!EnvelopeKey.TryParse(before.ToString(), out var key)) return "before: write the id of a message, such as 11-4711";
            query = query with { Before = key };
        }

        if (given["site"] is { Count: > 0 } site)
        {
            if (!ushort.TryParse(site, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return "site: write the number of a site";
            query = query with { Site = number };
        }

        if (given["type"] is not { Count: > 0 } type) return null;
        var place = Array.FindIndex(Types, one => MessageRules.NameOf(one) == type.ToString());
        if (place < 0) return $"type: write one of {string.Join(", ", Types.Select(MessageRules.NameOf))}";
        query = query with { Type = Types[place] };
        return null;
    }
}
