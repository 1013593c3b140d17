using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class SeedTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), out var many) ? many : 30).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Hours_of_loss_cuts_and_power_failures_break_no_promise(ulong seed)
    {
        using var simulator = new Simulator(RandomScenario.Make(seed));
        var result = simulator.Run();
        Assert.True(result.Violations.Count == 0, $"seed {seed}:\n{string.Join('\n', result.Violations)}");
        Assert.True(result.Priorities.Sum(one => one.Delivered) > 100, "hardly anything was handed in");
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_seed_another()
    {
        ulong Trace(ulong seed)
        {
            using var simulator = new Simulator(RandomScenario.Make(5), seed);
            return simulator.Run().TraceHash;
        }

        Assert.Equal(Trace(5), Trace(5));
        Assert.NotEqual(Trace(5), Trace(6));
    }
}
