using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>The settings of an RNode and what it says of them: it answers each with the value it took.</summary>
internal sealed class RnodeSetUp(LoRaRadioOptions options, double dutyCycle)
{
    /// <summary>A synthesiser does not hit every frequency.</summary>
    private const long Tolerance = 100;

    private readonly Setting[] _settings =
    [
        new(RnodeProtocol.Frequency, "frequency", "Hz", Wide(options.Frequency), Tolerance, "frequency"),
        new(RnodeProtocol.Bandwidth, "bandwidth", "Hz", Wide(options.Bandwidth), 0, "bandwidth"),
        new(RnodeProtocol.TxPower, "power", "dBm", [(byte)options.TxPower], 0, "txPower"),
        new(RnodeProtocol.SpreadingFactor, "spreading factor", "", [(byte)options.SpreadingFactor], 0, "spreadingFactor"),
        new(RnodeProtocol.CodingRate, "coding rate 4 /", "", [(byte)options.CodingRate], 0, "codingRate"),
        new(RnodeProtocol.RadioState, "radio state", "", [1], 0, ""),
    ];

    private readonly Dictionary<byte, long> _said = [];

    /// <summary>
    /// The locks are a net below the node's own ledger: none for the short window, the law's limit for the hour. The radio goes on last.
    /// </summary>
    internal byte[] Commands()
    {
        var hour = (ushort)Math.Round(dutyCycle * 10_000);
        return
        [
            .. _settings[..^1].SelectMany(setting => KissFraming.Encode(setting.Command, setting.Value)),
            .. KissFraming.Encode(RnodeProtocol.ShortLock, [0, 0]),
            .. KissFraming.Encode(RnodeProtocol.LongLock, [(byte)(hour >> 8), (byte)hour]),
            .. KissFraming.Encode(RnodeProtocol.RadioState, [1]),
        ];
    }

    /// <summary>Forgets what it said.</summary>
    internal void Reset() => _said.Clear();

    internal void Said(byte command, ReadOnlySpan<byte> data)
    {
        if (_settings.FirstOrDefault(setting => setting.Command == command) is { } asked && asked.Value.Length == data.Length) _said[command] = Number(data);
    }

    /// <summary>Whether the modem said something of every setting.</summary>
    internal bool Complete => _said.Count == _settings.Length;

    /// <summary>The settings it said nothing of.</summary>
    internal string Missing => string.Join(", ", _settings.Where(setting => !_said.ContainsKey(setting.Command)).Select(setting => setting.Name));

    /// <summary>The first setting that the modem did not take, with the remedy; null when it took all it spoke of.</summary>
    internal string? Mismatch()
    {
        foreach (var setting in _settings)
        {
            if (!_said.TryGetValue(setting.Command, out var said) || Math.Abs(said - Number(setting.Value)) <= setting.Tolerance) continue;
            return setting.Command == RnodeProtocol.RadioState
                ? "the modem leaves its radio off: see that the board's radio is for 868 MHz, and install its firmware anew (rnodeconf --autoinstall)"
                : $"{setting.Name} was set to {setting.Show(Number(setting.Value))}, modem says {setting.Show(said)}: set {setting.Key} to what the board can do";
        }

        return null;
    }

    private static byte[] Wide(int value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }

    private static long Number(ReadOnlySpan<byte> data) => data.Length == 1 ? data[0] : BinaryPrimitives.ReadUInt32BigEndian(data);

    /// <param name="Key">In the configuration.</param>
    private sealed record Setting(byte Command, string Name, string Unit, byte[] Value, long Tolerance, string Key)
    {
        internal string Show(long value) => $"{value} {Unit}".TrimEnd();
    }
}
