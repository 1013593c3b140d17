using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>The node beside Mosquitto, both as processes on this machine, in turns; under five minutes unless others use the machine.</summary>
internal sealed class MqttRun
{
    private const int Rounds = 5;

    /// <summary>After this no further round of a part is begun.</summary>
    private static readonly TimeSpan PartLimit = TimeSpan.FromSeconds(100);

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Rates _rates = new();
    private readonly MqttReport _report;

    private MqttRun() => _report = new MqttReport(_rates);

    /// <param name="intake">Whether to measure what one node takes in.</param>
    /// <param name="relay">Whether to measure the way over two nodes.</param>
    /// <returns>0 when every bar was reached.</returns>
    internal static int Make(bool intake, bool relay)
    {
        if (Mosquitto.Version() is null)
        {
            Console.Error.WriteLine("mosquitto is not installed, and it is what the node is measured beside: apt install mosquitto");
            return 2;
        }

        var run = new MqttRun();
        run._report.Begin(Environs.Describe(), Environs.Load);
        if (intake) run.Intake();
        if (relay) run.Relay();
        run._report.End(Environs.Load);
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(SourceTree.Root, "benchmarks", "results")).FullName, "mqtt.md");
        File.WriteAllText(path, run._report.Text);
        Console.WriteLine($"{run._report.Text}\n{path}");
        return run._report.IsReached ? 0 : 1;
    }

    private void Intake()
    {
        using var plain = new Mosquitto("plain", Keeping.Nothing);
        plain.Start();
        _report.Intake(Repeat("intake", () => IntakeRound.Measure(_rates, plain)));
    }

    private void Relay()
    {
        try
        {
            using var relay = new RelayRound();
            _report.Relay(Repeat("relay", () => relay.Measure(_rates)));
            Tell("a backlog of 100,000");
            _report.Backlog(Backlog.Measure(relay.Nodes));
        }
        catch (TimeoutException e)
        {
            _report.BrokenOff(e.Message);
        }
    }

    /// <returns>Rounds that were made.</returns>
    private int Repeat(string part, Action measure)
    {
        var began = Stopwatch.GetTimestamp();
        var round = 0;
        while (round < Rounds && (round == 0 || Stopwatch.GetElapsedTime(began) < PartLimit))
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"{part}, round {++round} of {Rounds}, load {Environs.Load:0.0}"));
            measure();
        }

        return round;
    }

    private void Tell(string line) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_began):mm\\:ss} {line}"));
}
