using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

using RnodeCommand = Weerbaarheid.Relay.Tests.Support.Radio.RnodeCommand;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Emulated modems behind real terminals, in time that runs fast.</summary>
public sealed class EmulatorPortTests
{
    [Fact]
    public async Task Two_modems_talk_through_their_terminals()
    {
        using var channel = new RadioChannel(new FastTime(factor: 20));
        await using var one = new EmulatorPort(Rylr998("one"));
        await using var other = new EmulatorPort(Rylr998("other"));
        using var a = Libc.Open(one.Path, Libc.OpenPort);
        using var b = Libc.Open(other.Path, Libc.OpenPort);

        Write(a, "AT+SEND=0,240," + new string('x', 240) + "\r\n");
        await ReadsAsync(b, "+RCV=0,240," + new string('x', 240) + ",-60,9\r\n");
        await ReadsAsync(a, "+OK\r\n");
        Assert.Equal(0, one.Lost + other.Lost);

        // Bytes come late in fast time: half a minute of it is more than a second.
        Rylr998Emulator Rylr998(string name) => new(channel, name) { CommandTimeout = TimeSpan.FromSeconds(30) };
    }

    [Fact]
    public async Task A_terminal_passes_every_byte()
    {
        using var channel = new RadioChannel(new FastTime(factor: 20));
        await using var one = new EmulatorPort(new RnodeEmulator(channel, "one") { ChannelStatsEvery = null });
        await using var other = new EmulatorPort(new RnodeEmulator(channel, "other") { ChannelStatsEvery = null });
        using var a = Libc.Open(one.Path, Libc.OpenPort);
        using var b = Libc.Open(other.Path, Libc.OpenPort);
        const string setUp = "C00133D3E608C0C0020001E848C0C0030EC0C00408C0C00505C0C00601C0";
        foreach (var port in (SafeFileHandle[])[a, b])
        {
            Write(port, SerialHost.Bytes(setUp));
            await ReadsAsync(port, SerialHost.Bytes(setUp));
        }

        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Write(a, RnodeFraming.Frame(RnodeCommand.Data, all));
        await ReadsAsync(b, [.. SerialHost.Bytes("C02361C0 C02426C0"), .. RnodeFraming.Frame(RnodeCommand.Data, all)]);
    }

    [Fact]
    public async Task An_unplugged_modem_keeps_its_power_and_comes_back_at_the_same_path()
    {
        using var channel = new RadioChannel(TimeProvider.System);
        await using var port = new EmulatorPort(new Rylr998Emulator(channel, "one"));
        using (var before = Libc.Open(port.Path, Libc.OpenPort))
        {
            Write(before, "AT+ADDRESS=7\r\n");
            await ReadsAsync(before, "+OK\r\n");
            port.Unplug();
            Assert.True(Libc.Open(port.Path, Libc.OpenPort).IsInvalid);
        }

        port.Plug();
        using var after = Libc.Open(port.Path, Libc.OpenPort);
        Write(after, "AT+ADDRESS?\r\n");
        await ReadsAsync(after, "+ADDRESS=7\r\n");
    }

    private static void Write(SafeFileHandle port, string text) => Write(port, Encoding.Latin1.GetBytes(text));

    private static void Write(SafeFileHandle port, byte[] bytes) => Assert.Equal(bytes.Length, Libc.Write(port, in bytes[0], bytes.Length));

    private static Task ReadsAsync(SafeFileHandle port, string text) => ReadsAsync(port, Encoding.Latin1.GetBytes(text));

    private static async Task ReadsAsync(SafeFileHandle port, byte[] expected)
    {
        var got = new List<byte>();
        var buffer = new byte[1_024];
        await Eventually.TrueAsync(
            () =>
            {
                var read = (int)Math.Max(0, Libc.Read(port, ref MemoryMarshal.GetArrayDataReference(buffer), buffer.Length));
                got.AddRange(buffer.AsSpan(0, read));
                return got.Count >= expected.Length;
            },
            () => $"reads {Convert.ToHexString(expected)}, read {Convert.ToHexString([.. got])}");
        Assert.Equal(expected, got);
    }
}
