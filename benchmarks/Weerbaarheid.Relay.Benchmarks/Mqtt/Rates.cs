namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>What was measured, round by round.</summary>
internal sealed class Rates
{
    private readonly Dictionary<string, List<(double PerSecond, double Microseconds)>> _rounds = [];

    /// <summary>Adds what one round gave.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="servers">The processes whose processor time is counted.</param>
    /// <param name="messages">How many messages.</param>
    /// <param name="measure">Does it, and says how long it took.</param>
    public void Add(string name, IReadOnlyList<Server> servers, int messages, Func<TimeSpan> measure)
    {
        var before = servers.Sum(server => server.ProcessorTime.TotalMicroseconds);
        var took = measure();
        var spent = servers.Sum(server => server.ProcessorTime.TotalMicroseconds) - before;
        Add(name, messages, took, spent);
    }

    public void Add(string name, int messages, TimeSpan took, double microseconds)
    {
        if (!_rounds.TryGetValue(name, out var rounds)) _rounds[name] = rounds = [];
        rounds.Add((messages / took.TotalSeconds, microseconds / messages));
    }

    /// <summary>Messages per second.</summary>
    public double Median(string name) => Middle(_rounds[name].Select(round => round.PerSecond));

    /// <summary>Processor time of the servers for a message, in microseconds: others on the machine change it little.</summary>
    public double Cost(string name) => Middle(_rounds[name].Select(round => round.Microseconds));

    /// <summary>The median of the ratios within each round: what else the machine did in it fell on both.</summary>
    public double Ratio(string ours, string theirs) => Middle(_rounds[ours].Zip(_rounds[theirs], (a, b) => a.PerSecond / b.PerSecond));

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
