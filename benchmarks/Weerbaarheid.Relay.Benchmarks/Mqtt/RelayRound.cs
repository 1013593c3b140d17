namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Meldingen from a client of one node to a subscriber of the next, end to end.</summary>
internal sealed class RelayRound : IDisposable
{
    public static readonly IReadOnlyList<int> Windows = [64, 256];

    private const int WarmUp = 100_000;
    private const int Messages = 30_000;
    private const int SlowMessages = 2_000;

    /// <summary>A queue of <see cref="Backlog.Messages"/> of priority 3, which may fill eight tenths of it.</summary>
    public const int Queue = 150_000;

    private readonly Hop _plain = Hop.OfMosquittos(Keeping.Nothing);

    public RelayRound() => Nodes.Carry(WarmUp, 256);

    public Hop Nodes { get; } = Hop.OfNodes(Queue);

    public static string Node(int window) => $"nodes, relay, window {window}";

    public static string Plain(int window) => $"bridge keeping nothing, relay, window {window}";

    public static string Durable(int window) => $"bridge saving on every change, relay, window {window}";

    /// <summary>One round of all, in turn.</summary>
    public void Measure(Rates rates)
    {
        foreach (var window in Windows)
        {
            Measure(rates, Plain(window), _plain, Messages, window);
            Measure(rates, Node(window), Nodes, Messages, window);
            using var durable = Hop.OfMosquittos(Keeping.EveryChange);
            Measure(rates, Durable(window), durable, SlowMessages, window);
        }
    }

    public void Dispose()
    {
        Nodes.Dispose();
        _plain.Dispose();
    }

    private static void Measure(Rates rates, string name, Hop hop, int messages, int window) =>
        rates.Add(name, [hop.First, hop.Second], messages, () => hop.Carry(messages, window));
}
