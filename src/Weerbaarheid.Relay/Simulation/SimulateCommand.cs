using System.Globalization;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>The verb <c>simulate</c> (design §6.1): runs a scenario for one or more seeds and prints what arrives when.</summary>
internal static class SimulateCommand
{
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>Runs a scenario.</summary>
    /// <param name="file">The scenario.</param>
    /// <param name="seed">The first seed; the scenario's own when null.</param>
    /// <param name="seeds">How many seeds in a row.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="json">One JSON object for each seed, a line each, instead of text.</param>
    /// <param name="progress">Told how far it is; null for silence.</param>
    /// <param name="plot">File for a drawing of the last seed that was run; null for none.</param>
    /// <returns>0 when every promise was kept, 1 when one was broken, 2 when the scenario cannot be read.</returns>
    public static int Run(string file, int? seed, int seeds, TextWriter output, bool json, Action<string>? progress, string? plot = null)
    {
        if (Load(file, output) is not { } scenario) return WrongUse;
        var first = (ulong?)seed ?? scenario.Seed;
        for (var i = 0; i < seeds; i++)
        {
            using var simulator = new Simulator(scenario, first + (ulong)i);
            var label = string.Create(CultureInfo.InvariantCulture, $"seed {first + (ulong)i} ({i + 1} of {seeds})");
            var result = simulator.Run(progress is null ? null : part => progress(string.Create(CultureInfo.InvariantCulture, $"{label}: {part:P0}")));
            progress?.Invoke("");
            if (plot is not null && Draw(result, file, plot) is { } problem)
            {
                output.WriteLine(problem);
                return Failed;
            }

            if (json) SimulationJson.Write(result, output);
            else if (seeds == 1 || result.Violations.Count > 0) SimulationText.Write(result, output);
            if (result.Violations.Count > 0)
            {
                if (!json) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Replay: weerbaarheid-relay simulate {file} --seed {result.Seed}"));
                return Failed;
            }
        }

        if (seeds > 1 && !json) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seeds} seeds from {first}: every promise was kept."));
        return 0;
    }

    /// <returns>What went wrong, in a sentence; null when it is drawn.</returns>
    private static string? Draw(SimulationResult result, string file, string plot)
    {
        try
        {
            using var drawing = new StreamWriter(plot);
            SimulationPicture.Write(result, Path.GetFileName(file).Replace(".scenario.json", "", StringComparison.Ordinal), drawing);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"The drawing {plot} cannot be written: {failure.Message}";
        }
    }

    private static Scenario? Load(string file, TextWriter output)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"{file} cannot be read: {failure.Message}");
            return null;
        }

        var scenario = ScenarioReader.Read(bytes, out var errors);
        foreach (var error in errors) output.WriteLine($"{file}: {error}");
        return scenario;
    }
}
