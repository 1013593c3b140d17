using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>Reads the machine's facts from procfs and sysfs (Linux, <c>Documentation/ABI</c>), and the firmware's flags from vcgencmd.</summary>
/// <param name="root">The root of the file system; another one in tests.</param>
/// <param name="askFirmware">Answers <c>vcgencmd get_throttled</c>; null when there is nobody to ask.</param>
internal sealed class MachineReader(string root, Func<string?> askFirmware)
{
    private const int MostCharacters = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>This machine.</summary>
    public static MachineReader Here { get; } = new("/", AskVideoCore);

    public MachineFacts Read()
    {
        var processor = Text("proc/cpuinfo") ?? "";
        string?[] names = [Text("proc/device-tree/model") ?? Text("sys/class/dmi/id/product_name"), Line(processor, "model name")];
        var machine = string.Join(", ", names.Where(name => !string.IsNullOrEmpty(name)));
        return new MachineFacts(
            machine.Length == 0 ? null : machine,
            $"{Text("proc/sys/kernel/osrelease") ?? RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
            Environment.ProcessorCount,
            Text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            Number(Text("sys/class/thermal/thermal_zone0/temp")) / 1000,
            Number(Text("proc/loadavg")?.Split(' ')[0]),
            MachineFacts.ReadFlags(Text("sys/devices/platform/soc/soc:firmware/get_throttled") ?? askFirmware()),
            Line(processor, "flags")?.Split(' ').Contains("hypervisor") == true);
    }

    private string? Text(string path)
    {
        try
        {
            using var reader = new StreamReader(Path.Combine(root, path));
            var room = new char[MostCharacters];
            var text = new string(room, 0, reader.ReadBlock(room)).TrimEnd('\0', '\n', ' ');
            return text.Length == 0 ? null : text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The value of the first line <c>name : value</c>.</summary>
    private static string? Line(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? AskVideoCore()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("vcgencmd", ["get_throttled"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return null;
            if (process.WaitForExit(Patience)) return process.StandardOutput.ReadToEnd();
            process.Kill();
            return null;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
