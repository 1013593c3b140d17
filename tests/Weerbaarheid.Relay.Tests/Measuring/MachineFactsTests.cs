using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Tests.Measuring;

public sealed class MachineFactsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("relay-machine-");

    [Theory]
    [InlineData("0", 0u)]
    [InlineData("50000\n", 0x50000u)]
    [InlineData("throttled=0x50005\n", 0x50005u)]
    [InlineData("0xF", 0xFu)]
    [InlineData("error", null)]
    [InlineData(null, null)]
    public void The_flags_of_the_firmware_are_read_as_it_writes_them(string? text, uint? flags) => Assert.Equal(flags, MachineFacts.ReadFlags(text));

    [Theory]
    [InlineData(null, null, "onbekend")]
    [InlineData(0u, false, "nee")]
    [InlineData(0x50000u, false, "eerder te lage spanning, eerder afgeknepen")]
    [InlineData(0x50005u, true, "nu te lage spanning, nu afgeknepen")]
    [InlineData(0x80008u, true, "nu zachte temperatuurgrens bereikt")]
    public void A_throttled_board_is_said_to_be_throttled(uint? flags, bool? throttled, string words)
    {
        var facts = new MachineFacts(null, "6.12", 4, null, null, null, flags, false);
        Assert.Equal((throttled, words), (facts.IsThrottled, facts.ThrottlingInWords()));
    }

    [Fact]
    public void The_facts_of_a_board_are_found_where_Linux_keeps_them()
    {
        Put("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0");
        Put("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor\n");
        Put("proc/sys/kernel/osrelease", "6.12.47+rpt-rpi-v8\n");
        Put("proc/loadavg", "0.42 0.30 0.20 1/123 456\n");
        Put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
        Put("sys/class/thermal/thermal_zone0/temp", "48312\n");
        Put("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
        var facts = new MachineReader(_root.FullName, () => throw new Xunit.Sdk.XunitException("The file says it already.")).Read();
        Assert.StartsWith("6.12.47+rpt-rpi-v8 ", facts.Kernel, StringComparison.Ordinal);
        Assert.Equal(
            new MachineFacts("Raspberry Pi 4 Model B Rev 1.4", facts.Kernel, Environment.ProcessorCount, "ondemand", 48.312, 0.42, 0x50005, true), facts);
    }

    [Fact]
    public void What_a_board_does_not_tell_is_unknown()
    {
        var facts = new MachineReader(_root.FullName, () => "throttled=0x0").Read();
        Assert.Equal(new MachineFacts(null, facts.Kernel, Environment.ProcessorCount, null, null, null, 0, false), facts);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Put(string path, string text)
    {
        var full = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
