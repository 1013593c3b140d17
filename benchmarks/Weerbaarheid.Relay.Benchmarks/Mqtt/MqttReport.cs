using System.Globalization;
using System.Reflection;
using System.Text;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Writes what a run gave, with the bars that were set beforehand.</summary>
internal sealed class MqttReport(Rates rates)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly StringBuilder _text = new();

    /// <summary>Whether every bar was reached.</summary>
    public bool IsReached { get; private set; } = true;

    public string Text => _text.ToString();

    public void Begin(string environs, double load)
    {
        var version = typeof(MqttReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        _text.AppendLine(Culture, $"# Weerbaarheid.Relay {version} beside Mosquitto, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC\n\n{environs} Load {load:0.0} before.\n");
        _text.AppendLine(Culture, $"JSON meldingen with {Meldingen.TextLength} characters of Dutch, QoS 1, MQTT 3.1.1, one pipelined client and one subscriber written for this, the same for all. The node acknowledges after its commit was synced, everything sealed, and of every second the first thousand texts coded. Rounds in turn; rates are medians, a ratio is the median of the ratios within the rounds.\n");
    }

    public void Intake(int rounds)
    {
        Head("Intake", rounds);
        foreach (var window in IntakeRound.Windows)
        {
            Row(IntakeRound.Node(window), IntakeRound.Plain(window), window == 64 ? 0.6 : 1.0);
            Row(IntakeRound.Node(window), IntakeRound.Durable(window), 25);
        }
    }

    public void Relay(int rounds)
    {
        Head("Relay, client to subscriber over two hops of broker", rounds);
        foreach (var window in RelayRound.Windows)
        {
            Row(RelayRound.Node(window), RelayRound.Plain(window), 1.0);
            Row(RelayRound.Node(window), RelayRound.Durable(window), 10);
        }
    }

    public void Backlog(Backlog backlog)
    {
        _text.AppendLine(Culture, $"\n## Backlog of {Mqtt.Backlog.Messages:N0}\n");
        _text.AppendLine(Culture, $"The next node down: {backlog.FillingEmpty:N0} a second taken in at first, {backlog.Filling:N0} with the queue nearly full ({backlog.Filling / backlog.FillingEmpty:0.00} of that). Resident memory of the node {backlog.MegabytesBefore:0} MB before, {backlog.Megabytes:0} MB with it (`queue.messages` {RelayRound.Queue:N0}).\n");
        var empty = rates.Median(RelayRound.Node(256));
        _text.AppendLine(Culture, $"The next node up again: {backlog.Draining:N0} a second arrived, against {empty:N0} relayed with the queue empty: {Verdict(backlog.Draining / empty, 0.9)}.");
    }

    /// <summary>The rest could not be measured. A subscriber that acknowledges nothing for two seconds gets nothing newer, and a busy machine can bring that about.</summary>
    public void BrokenOff(string why)
    {
        IsReached = false;
        _text.AppendLine(Culture, $"\nBroken off: {why}");
    }

    public void End(double load) => _text.AppendLine(Culture, $"\nLoad {load:0.0} after.");

    private void Head(string title, int rounds) =>
        _text.AppendLine(Culture, $"\n## {title}\n\n{rounds} rounds.\n\n| ours | /s | CPU us | beside | /s | CPU us | ratio | bar |\n|---|---|---|---|---|---|---|---|");

    private void Row(string ours, string theirs, double bar) => _text.AppendLine(Culture,
        $"| {ours} | {rates.Median(ours):N0} | {rates.Cost(ours):0} | {theirs} | {rates.Median(theirs):N0} | {rates.Cost(theirs):0} | {rates.Ratio(ours, theirs):0.00} | {Verdict(rates.Ratio(ours, theirs), bar)} |");

    private string Verdict(double ratio, double bar)
    {
        IsReached &= ratio >= bar;
        return string.Create(Culture, $"{ratio:0.00}, {(ratio >= bar ? "reached" : "missed")} (>= {bar:0.0})");
    }
}
