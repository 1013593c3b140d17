using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class SampleScenarioTests
{
    [Theory]
    [InlineData("kort.scenario.json")]
    [InlineData("72-uur.scenario.json")]
    [InlineData("eemsdelta-zonder-modem.scenario.json")]
    public void A_sample_keeps_every_promise_and_says_so(string name)
    {
        using var output = new StringWriter();
        var exit = SimulateCommand.Run(Path.Combine(SamplesFolder(), name), seed: null, seeds: 1, output, json: false, progress: null);
        Assert.True(exit == 0, output.ToString());
        Assert.Contains("Every promise was kept.", output.ToString(), StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("SHOW") == "1") Console.WriteLine(output);
    }

    private static string SamplesFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "samples"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "samples");
    }
}
