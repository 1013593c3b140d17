using System.Text;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Wire.Tests;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>The machine of each modem against a modem that answers as it should, as it should not, and with noise.</summary>
internal static class ModemTargets
{
    private static readonly UartOptions Uart = new("hc12", "/dev/x", 9_600, 2_400, 233, "EU868 M", 0.01, []);

    private static readonly KissOptions Tnc = new(
        "tnc", "/dev/x", 9_600, 1_200, new Ax25Address("PD1ABC", 7), new Ax25Address("APZWRB", 0), TimeSpan.FromMilliseconds(300), 63, TimeSpan.FromMilliseconds(100), "tnc", 1, []);

    private static readonly string[] RylrWords = ["+OK\r\n", "+READY\r\n", "+ERR=17\r\n", "+ERR=4\r\n", "+RCV=1,5,abcde,-40,12\r\n", "+RCV=1,240,"];
    private static readonly string[] RnWords = ["ok\r\n", "RN2483 1.0.5 Oct 31 2018 15:06:52\r\n", "busy\r\n", "invalid_param\r\n", "radio_err\r\n", "radio_tx_ok\r\n", "radio_rx  0102A0\r\n", "4294967245\r\n", "RN2903 1.0\r\n"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target("uart", () => new UartModem(Uart), Uart.MaxFrame, written => written, [.. Encoded("", "01C0")]),
        Target("tnc", () => new KissModem(Tnc), 256, written => written, [.. Encoded("0082A0B4AEA484E0A08862828486E103F0AABB", "0600")]),
        Target("rnode", () => new RnodeModem(Lora("rnode")), 508, AnswerRnode, [KissFraming.Encode(0, [1, 2, 3]), KissFraming.Encode(0x55, [0xF8]), KissFraming.Encode(0x90, [4]), KissFraming.Encode(0x0F, [0]), KissFraming.Encode(0x06, [0]), KissFraming.Encode(0x25, new byte[11])]),
        Target("rylr998", () => new Rylr998Modem(Lora("rylr998")), 192, _ => Encoding.ASCII.GetBytes(RylrWords[0]), [.. RylrWords.Select(Encoding.ASCII.GetBytes)]),
        Target("rn2483", () => new Rn2483Modem(Lora("rn2483")), 255, AnswerRn2483, [.. RnWords.Select(Encoding.ASCII.GetBytes)]),
    ];

    private static LoRaRadioOptions Lora(string type) => new("lora", type, "/dev/x", 115_200, 869_525_000, 125_000, 8, 5, 14, null, null, null, []);

    private static IEnumerable<byte[]> Encoded(params string[] frames) => frames.Select(frame => KissFraming.Encode(0, Convert.FromHexString(frame)));

    private static FuzzTarget Target(string name, Func<IModem> make, int longest, Func<byte[], byte[]> answer, byte[][] words) =>
        new($"m-{name}", input => new ModemScript(make(), longest, answer, words).Run(input), () => ModemScript.Examples) { Share = 6, Longest = 400, MostAllocated = 8 << 20 };

    private static byte[] AnswerRn2483(byte[] written)
    {
        var command = Encoding.ASCII.GetString(written);
        return Encoding.ASCII.GetBytes(command.StartsWith("sys get ver", StringComparison.Ordinal) || command.StartsWith("sys reset", StringComparison.Ordinal) ? RnWords[1]
            : command.StartsWith("mac pause", StringComparison.Ordinal) ? RnWords[7] : command.StartsWith("radio tx", StringComparison.Ordinal) ? RnWords[0] + RnWords[5] : RnWords[0]);
    }

    /// <summary>It echoes what it is told, and answers what it is asked.</summary>
    private static byte[] AnswerRnode(byte[] written)
    {
        var framing = new KissFraming(600);
        var said = new List<byte>();
        for (var rest = (ReadOnlySpan<byte>)written; framing.TryTake(ref rest, out var frame);)
        {
            byte[] data = frame[0] switch
            {
                RnodeProtocol.Detect => [RnodeProtocol.DetectAnswer],
                RnodeProtocol.FirmwareVersion => [1, 86],
                RnodeProtocol.Room => [1],
                RnodeProtocol.RadioState => [1],
                _ => frame[1..],
            };
            if (frame[0] != RnodeProtocol.Data) said.AddRange(KissFraming.Encode(frame[0], data));
        }

        return [.. said];
    }
}
