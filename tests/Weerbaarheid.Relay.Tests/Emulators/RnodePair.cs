using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Two RNodes on one channel, with their hosts; no channel statistics unless a test wants them.</summary>
internal sealed class RnodePair : IDisposable
{
    private readonly ManualTime _time = new();
    private int _frames;

    internal RnodePair()
    {
        Channel = new RadioChannel(_time);
        Modem = new RnodeEmulator(Channel, "a") { ChannelStatsEvery = null };
        Other = new RnodeEmulator(Channel, "b") { ChannelStatsEvery = null };
        (A, B) = (new SerialHost(Modem), new SerialHost(Other));
    }

    internal RadioChannel Channel { get; }

    /// <summary>The modem of <see cref="A"/>, which most tests are about.</summary>
    internal RnodeEmulator Modem { get; }

    internal RnodeEmulator Other { get; }

    internal SerialHost A { get; }

    internal SerialHost B { get; }

    public void Dispose() => Channel.Dispose();

    /// <summary>869.525 MHz, 125 kHz, SF 8, 4/5, 14 dBm.</summary>
    /// <param name="more">For A, before its radio goes on.</param>
    internal void SwitchOn(string more = "")
    {
        foreach (var (host, extra) in ((SerialHost, string)[])[(A, more), (B, "")])
            host.Write($"C0 01 33D3E608 C0 C0 02 0001E848 C0 C0 03 0E C0 C0 04 08 C0 C0 05 05 C0 {extra} C0 06 01 C0");
        Assert.EndsWith("C00601C0", A.Read(), StringComparison.Ordinal);
        Assert.EndsWith("C00601C0", B.Read(), StringComparison.Ordinal);
    }

    /// <summary>A frame of this length, unlike any other; without bytes that must be escaped.</summary>
    internal byte[] SendFrom(SerialHost host, int length)
    {
        var number = ++_frames;
        byte[] frame = [.. Enumerable.Range(0, length).Select(i => (byte)((number + i) % 0xC0))];
        host.Write($"C0 00 {Convert.ToHexString(frame)} C0");
        return frame;
    }

    internal void Seconds(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
