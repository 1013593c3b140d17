using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>What the figures depend on besides the programs.</summary>
internal static class Environs
{
    private const int SyncBytes = 100;
    private static readonly TimeSpan SyncFor = TimeSpan.FromSeconds(1);

    /// <summary>In a sentence or two.</summary>
    public static string Describe()
    {
        var machine = MachineReader.Here.Read();
        SQLitePCL.Batteries_V2.Init();
        return string.Create(CultureInfo.InvariantCulture,
            $"{machine.Machine ?? "Machine unknown"}, {machine.Cores} cores, kernel {machine.Kernel}; {Mosquitto.Version()}; .NET {Environment.Version}; SQLite {SQLitePCL.raw.sqlite3_libversion().utf8_to_string()}; {Syncs():0} syncs of {SyncBytes} bytes a second on the disk of the stores; everything over loopback.");
    }

    /// <summary>Running processes, mean over the last minute.</summary>
    public static double Load => MachineReader.Here.Read().Load ?? double.NaN;

    private static double Syncs()
    {
        var folder = Directory.CreateTempSubdirectory("bench-sync-");
        try
        {
            using var file = File.OpenHandle(Path.Combine(folder.FullName, "raw"), FileMode.CreateNew, FileAccess.ReadWrite, preallocationSize: 1 << 20);
            var (bytes, count, began) = (new byte[SyncBytes], 0, Stopwatch.GetTimestamp());
            for (; Stopwatch.GetElapsedTime(began) < SyncFor; count++)
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
