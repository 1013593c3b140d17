using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Commands;

/// <summary>One message on its way through the node, followed as far as was asked.</summary>
internal sealed class Sending(NodeClient node, ushort site, ParsedMessage message, VerbContext context)
{
    private const string ReportTopic = "weerbaarheid/v1/report";
    private static readonly TimeSpan IdPatience = TimeSpan.FromSeconds(5);

    private readonly string _clientRef = message.ClientRef!;
    private readonly string _type = MessageRules.NameOf(message.Message.Type);
    private string? _id;
    private string _state = MessageProgress.Stored;

    /// <summary>Hands the message in and follows it.</summary>
    /// <param name="wanted">Rank of the state to wait for; null to wait for nothing but the commit.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <param name="json">Output for programs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(int? wanted, TimeSpan patience, bool json, CancellationToken cancellationToken)
    {
        // Subscribed first, or a fast receipt would be missed.
        await node.SubscribeAsync($"weerbaarheid/v1/receipt/{site}/+", cancellationToken).ConfigureAwait(false);
        var payload = JsonLine.ObjectBytes(writer =>
        {
            MessageJson.Write(writer, message.Message);
            writer.WriteString("clientRef", _clientRef);
        });
        var answer = await node.SubmitAsync($"weerbaarheid/v1/in/{_type}", payload, cancellationToken).ConfigureAwait(false);
        if (answer.Problem is { } problem)
        {
            var again = answer.MayHaveIt ? $"; send it again with --client-ref {_clientRef}, and it stays one message" : "";
            await context.Error.WriteLineAsync($"{problem}{again}").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        _id = answer.Id;
        if (_id is null) await FollowAsync(() => _id is not null, IdPatience, cancellationToken).ConfigureAwait(false);
        if (!json) await context.Out.WriteLineAsync(_id ?? $"opgeslagen, clientRef {_clientRef}").ConfigureAwait(false);
        var code = wanted is { } rank ? await WaitAsync(rank, patience, cancellationToken).ConfigureAwait(false) : ExitCode.Ok;
        if (json) await context.Out.WriteLineAsync(Summary()).ConfigureAwait(false);
        return code;
    }

    private async Task<int> WaitAsync(int wanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        // A message that was there already came this far before anybody listened; the report still knows.
        await node.SubscribeAsync(ReportTopic, cancellationToken).ConfigureAwait(false);
        bool Done() => MessageProgress.IsLost(_state) || MessageProgress.Rank(_state) >= wanted;
        await FollowAsync(Done, patience, cancellationToken).ConfigureAwait(false);
        if (MessageProgress.Rank(_state) >= wanted) return ExitCode.Ok;
        var how = MessageProgress.IsLost(_state) ? $"is {_state}" : $"came no further than '{_state}' within {patience.TotalSeconds:0} s";
        await context.Error.WriteLineAsync($"{_id ?? _clientRef} {how}").ConfigureAwait(false);
        return ExitCode.Failed;
    }

    private async Task FollowAsync(Func<bool> done, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, context.Time);
        while (!done())
        {
            if (await node.NextAsync(limit.Token, cancellationToken).ConfigureAwait(false) is not { } publication) return;
            using var json = NodeJson.Parse(publication.Payload);
            foreach (var step in Steps(publication.Topic, json)) Note(step);
        }
    }

    private static IEnumerable<NodeJson> Steps(string topic, NodeJson? json) =>
        json is null ? [] : topic == ReportTopic ? json.Rows("messages").Concat(json.Rows("bulletins")) : [json];

    private void Note(NodeJson receipt)
    {
        // Records and states are numbered apart, so an id alone may mean two messages.
        if (!receipt.Has("id") || !receipt.Has("state") || receipt.Text("type") != _type) return;
        if (_id is not null ? receipt.Text("id") != _id : receipt.Text("clientRef") != _clientRef) return;
        _id = receipt.Text("id");
        var state = receipt.Text("state");
        // Receipts may overtake each other; a message does not go back.
        if (MessageProgress.IsLost(state) || MessageProgress.Rank(state) > MessageProgress.Rank(_state)) _state = state;
    }

    private string Summary() => JsonLine.Object(writer =>
    {
        if (_id is not null) writer.WriteString("id", _id);
        writer.WriteString("type", _type);
        writer.WriteString("state", _state);
        writer.WriteString("clientRef", _clientRef);
    });
}
