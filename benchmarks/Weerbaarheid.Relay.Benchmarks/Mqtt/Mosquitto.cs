using System.Diagnostics;
using System.Globalization;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>How much Mosquitto keeps.</summary>
internal enum Keeping
{
    /// <summary>Nothing: persistence is off.</summary>
    Nothing,

    /// <summary>Everything: it saves on every change. The nearest that it comes to a PUBACK that means on disk.</summary>
    EveryChange,
}

/// <summary>A real Mosquitto.</summary>
/// <param name="name">For its folder and its errors.</param>
/// <param name="keeping">What it saves.</param>
/// <param name="bridgeTo">The port of the broker to which it passes the meldingen on; null for none.</param>
internal sealed class Mosquitto(string name, Keeping keeping, int? bridgeTo = null) : Server(name)
{
    private const string Program = "mosquitto";

    /// <summary>Its version; null when it is not installed.</summary>
    public static string? Version()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, ["-h"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return process.StandardOutput.ReadLine();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    protected override ProcessStartInfo Describe()
    {
        var clean = keeping == Keeping.Nothing ? "true" : "false";
        List<string> lines =
        [
            // Started by root it would change to another user, who cannot write in a folder of root's.
            $"user {Environment.UserName}", "allow_anonymous true", "log_type error",
            // Nothing of ours may be dropped or wait for its limits: 0 means none.
            "max_queued_messages 0", "max_inflight_messages 0",
            .. keeping == Keeping.Nothing ? ["persistence false"] : new[] { "persistence true", $"persistence_location {Folder}/", "autosave_on_changes true", "autosave_interval 1" },
            $"listener {Port.ToString(CultureInfo.InvariantCulture)} 127.0.0.1",
        ];
        if (bridgeTo is { } port)
        {
            lines.AddRange(
            [
                "connection up", $"address 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "topic weerbaarheid/v1/in/# out 1", $"cleansession {clean}",
                "restart_timeout 1", "try_private true", "notifications false",
            ]);
        }

        var file = Path.Combine(Folder, "mosquitto.conf");
        File.WriteAllLines(file, lines);
        return new ProcessStartInfo(Program, ["-c", file]);
    }
}
