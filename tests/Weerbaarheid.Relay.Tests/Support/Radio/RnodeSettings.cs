using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>What the host has told an RNode since it started.</summary>
internal sealed class RnodeSettings
{
    /// <summary>Of the whole family, so that nothing else is heard.</summary>
    private const int SyncWord = 0x1424;

    private const int LeastPreamble = 18;

    private static readonly TimeSpan LeastPreambleTime = TimeSpan.FromMilliseconds(24);

    private uint _frequency;
    private uint _bandwidth;
    private byte _power = Unset;
    private byte _spreadingFactor = Unset;
    private byte _codingRate = 5;

    /// <summary>A query in a command of one byte, and what it answers when nothing was set.</summary>
    internal const byte Unset = 0xFF;

    /// <summary>Share of the time that may be sent, 0 to 1, over the short window; 0 for no limit.</summary>
    internal double ShortLimit { get; private set; }

    /// <summary>The same over an hour.</summary>
    internal double LongLimit { get; private set; }

    /// <summary>Packets go and come without the byte that an RNode puts before them.</summary>
    internal bool IsPromiscuous { get; private set; }

    internal bool IsComplete => _frequency != 0 && _bandwidth != 0 && _power != Unset && _spreadingFactor != Unset;

    /// <summary>Null while the host has not set everything.</summary>
    internal LoRaTuning? Tuning
    {
        get
        {
            if (!IsComplete) return null;
            var tuning = new LoRaTuning(_frequency, (int)_bandwidth, _spreadingFactor, _codingRate, SyncWord, LeastPreamble);
            var symbols = (int)Math.Ceiling(LeastPreambleTime / tuning.Symbol);
            return tuning with { Preamble = Math.Max(LeastPreamble, symbols) };
        }
    }

    /// <summary>Sets, or only asks for, the value of a command.</summary>
    /// <param name="mostPower">dBm; more than this is brought down to it.</param>
    /// <returns>The value as it is now; null when the command is not a setting or its payload is too short.</returns>
    internal byte[]? Apply(byte command, ReadOnlySpan<byte> payload, byte mostPower)
    {
        switch (command)
        {
            case RnodeCommand.Frequency when payload.Length >= 4: return Apply(ref _frequency, payload);
            case RnodeCommand.Bandwidth when payload.Length >= 4: return Apply(ref _bandwidth, payload);
            case RnodeCommand.TxPower when payload.Length >= 1: return Apply(ref _power, payload[0], 0, mostPower);
            case RnodeCommand.SpreadingFactor when payload.Length >= 1: return Apply(ref _spreadingFactor, payload[0], 5, 12);
            case RnodeCommand.CodingRate when payload.Length >= 1: return Apply(ref _codingRate, payload[0], 5, 8);
            case RnodeCommand.ShortLock when payload.Length >= 2:
                ShortLimit = Limit(payload);
                return payload[..2].ToArray();
            case RnodeCommand.LongLock when payload.Length >= 2:
                LongLimit = Limit(payload);
                return payload[..2].ToArray();
            case RnodeCommand.Promiscuous when payload.Length >= 1:
                IsPromiscuous = payload[0] == 1;
                return [payload[0]];
            default: return null;
        }
    }

    private static byte[] Apply(ref uint value, ReadOnlySpan<byte> payload)
    {
        var asked = BinaryPrimitives.ReadUInt32BigEndian(payload);
        if (asked != 0) value = asked;
        var echo = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(echo, value);
        return echo;
    }

    private static byte[] Apply(ref byte value, byte asked, byte least, byte most)
    {
        if (asked != Unset) value = Math.Clamp(asked, least, most);
        return [value];
    }

    /// <summary>Hundredths of a percent; everything from all the time on is no limit.</summary>
    private static double Limit(ReadOnlySpan<byte> payload)
    {
        var hundredths = BinaryPrimitives.ReadUInt16BigEndian(payload);
        return hundredths >= 10_000 ? 0 : hundredths / 10_000.0;
    }
}
