using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Emulated modems behind real terminals, in time that runs fast.</summary>
public sealed class EmulatorPortTests
{
    [Fact]
    public async Task Two_modems_talk_through_their_terminals()
    {
        using var channel = new RadioChannel(new FastTime(factor: 20));
        await using var one = new EmulatorPort(new Rylr998Emulator(channel, "one"));
        await using var other = new EmulatorPort(new Rylr998Emulator(channel, "other"));
        using var a = Libc.Open(one.Path, Libc.OpenPort);
        using var b = Libc.Open(other.Path, Libc.OpenPort);

        Write(a, "AT+SEND=0,240," + new string('x', 240) + "\r\n");
        await ReadsAsync(b, "+RCV=0,240," + new string('x', 240) + ",-60,9\r\n");
        await ReadsAsync(a, "+OK\r\n");
        Assert.Equal(0, one.Lost + other.Lost);
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

    private static void Write(SafeFileHandle port, string text)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(text);
        Assert.Equal(bytes.Length, Libc.Write(port, in bytes[0], bytes.Length));
    }

    private static async Task ReadsAsync(SafeFileHandle port, string text)
    {
        var got = "";
        var buffer = new byte[1_024];
        await Eventually.TrueAsync(
            () =>
            {
                var read = Libc.Read(port, ref MemoryMarshal.GetArrayDataReference(buffer), buffer.Length);
                got += System.Text.Encoding.Latin1.GetString(buffer, 0, (int)Math.Max(0, read));
                return got.Length >= text.Length;
            },
            () => $"reads {text} after {got}");
        Assert.Equal(text, got);
    }
}
