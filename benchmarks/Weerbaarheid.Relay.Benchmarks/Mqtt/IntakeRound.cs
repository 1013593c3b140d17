namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Meldingen handed to a broker by one client, as fast as it acknowledges them.</summary>
internal static class IntakeRound
{
    public static readonly IReadOnlyList<int> Windows = [64, 256];

    private const int WarmUp = 100_000;
    private const int Messages = 40_000;
    private const int SlowMessages = 1_500;

    public static string Node(int window) => $"node, intake, window {window}";

    public static string Plain(int window) => $"mosquitto keeping nothing, intake, window {window}";

    public static string Durable(int window) => $"mosquitto saving on every change, intake, window {window}";

    /// <summary>One round of all, in turn.</summary>
    public static void Measure(Rates rates, Mosquitto plain)
    {
        using var node = new RelayNodeProcess(11, "noodsteunpunt", queue: 250_000);
        node.Start();
        using var toNode = new Publisher(node.Port, "bench");
        using var toPlain = new Publisher(plain.Port, "bench");
        var meldingen = new Meldingen(priority: 3);
        toNode.Publish(meldingen, WarmUp, 256);
        foreach (var window in Windows)
        {
            rates.Add(Plain(window), [plain], Messages, () => toPlain.Publish(meldingen, Messages, window));
            rates.Add(Node(window), [node], Messages, () => toNode.Publish(meldingen, Messages, window));
            MeasureDurable(rates, meldingen, window);
        }
    }

    /// <summary>A subscriber that is away makes Mosquitto keep what comes, as the node does; the fewer it keeps, the faster it is.</summary>
    private static void MeasureDurable(Rates rates, Meldingen meldingen, int window)
    {
        using var durable = new Mosquitto("saving", Keeping.EveryChange);
        durable.Start();
        using (var away = new Wire(durable.Port, "away", clean: false)) away.Subscribe("weerbaarheid/v1/in/#");
        using var publisher = new Publisher(durable.Port, "bench");
        rates.Add(Durable(window), [durable], SlowMessages, () => publisher.Publish(meldingen, SlowMessages, window));
    }
}
