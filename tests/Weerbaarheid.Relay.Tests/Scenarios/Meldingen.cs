using System.Text;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Submissions for the scenarios.</summary>
internal static class Meldingen
{
    internal const string Topic = "weerbaarheid/v1/in/melding";

    /// <summary>Numbered meldingen; the text names the number, so that every one differs.</summary>
    /// <param name="count">How many.</param>
    /// <param name="priority">1 to 4.</param>
    /// <param name="reference">When given, each has a client reference that begins with this.</param>
    internal static List<byte[]> Make(int count, int priority = 2, string? reference = null) =>
        [.. Enumerable.Range(1, count).Select(i => Encoding.UTF8.GetBytes(One(i, priority, reference is null ? null : $"{reference}-{i}")))];

    internal static string One(int number, int priority = 2, string? clientRef = null) =>
        $$"""{"category":"gezondheid","priority":{{priority}},"text":"Melding {{number}}, hal sporthal"{{(clientRef is null ? "" : $",\"clientRef\":\"{clientRef}\"")}}}""";

    /// <summary>Hands meldingen in and insists that each is accepted.</summary>
    /// <returns>Their ids, in order.</returns>
    internal static async Task<List<string>> HandInAsync(NodeProcess node, IReadOnlyList<byte[]> payloads, int inFlight = 64)
    {
        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        var answers = await publisher.PublishAsync(Topic, payloads, inFlight);
        Assert.Equal(payloads.Count, answers.Count);
        Assert.All(answers, answer => Assert.Equal(0, answer.Reason));
        return [.. answers.Select(answer => answer.Id!)];
    }
}
