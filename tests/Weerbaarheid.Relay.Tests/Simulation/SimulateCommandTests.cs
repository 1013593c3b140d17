using System.Text.Json;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simulate").FullName;

    private string File(string json)
    {
        var path = Path.Combine(_folder, "een.scenario.json");
        System.IO.File.WriteAllText(path, json);
        return path;
    }

    private static string Story(string quiet, double loss) =>
        $$"""
        { "duration": 600, "quiet": "{{quiet}}", "seed": 3,
          "sites": [ { "id": 1, "role": "meldkamer" }, { "id": 11, "role": "noodsteunpunt" } ],
          "links": [ { "name": "lora", "kind": "lora", "members": [1, 11], "loss": {{loss.ToString(System.Globalization.CultureInfo.InvariantCulture)}} } ],
          "events": [ { "at": 5, "send": "melding", "site": 11 } ] }
        """;

    [Fact]
    public void It_prints_what_arrives_when_and_ends_with_0()
    {
        using var output = new StringWriter();
        Assert.Equal(0, SimulateCommand.Run(File(Story("01:00", 0.1)), null, 1, output, json: false, null));
        Assert.Contains("site 1 has 11-1 (Melding", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("priority  accepted  delivered", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_promise_is_broken_it_ends_with_1_and_says_how_to_see_it_again()
    {
        using var output = new StringWriter();
        var file = File(Story("01:00", 1));
        Assert.Equal(1, SimulateCommand.Run(file, seed: 40, seeds: 3, output, json: false, null));
        Assert.Contains("BROKEN", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("11-1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"simulate {file} --seed 40", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void As_json_each_seed_is_one_line()
    {
        using var output = new StringWriter();
        var told = new List<string>();
        Assert.Equal(0, SimulateCommand.Run(File(Story("01:00", 0.1)), seed: 5, seeds: 2, output, json: true, told.Add));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([5, 6], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("seed").GetInt32()));
        Assert.Contains(told, line => line.StartsWith("seed 5 (1 of 2): ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("seed 6 (2 of 2): ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_scenario_that_cannot_be_read_ends_with_2()
    {
        using var output = new StringWriter();
        Assert.Equal(2, SimulateCommand.Run(Path.Combine(_folder, "none.json"), null, 1, output, json: false, null));
        Assert.Equal(2, SimulateCommand.Run(File("{}"), null, 1, output, json: false, null));
        Assert.Contains("sites is missing", output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
