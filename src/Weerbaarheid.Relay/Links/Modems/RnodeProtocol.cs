namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What an RNode and its host say to each other; it speaks KISS with commands of its own (RNode firmware 1.86, <c>Framing.h</c>).</summary>
internal static class RnodeProtocol
{
    internal const byte Data = 0x00;
    internal const byte Frequency = 0x01;
    internal const byte Bandwidth = 0x02;
    internal const byte TxPower = 0x03;
    internal const byte SpreadingFactor = 0x04;
    internal const byte CodingRate = 0x05;
    internal const byte RadioState = 0x06;
    internal const byte Detect = 0x08;
    internal const byte ShortLock = 0x0B;
    internal const byte LongLock = 0x0C;

    /// <summary>A question, "is there room in the queue?", that the modem never answers unasked.</summary>
    internal const byte Room = 0x0F;
    internal const byte Rssi = 0x23;
    internal const byte Snr = 0x24;
    internal const byte ChannelTime = 0x25;
    internal const byte Battery = 0x27;
    internal const byte Platform = 0x48;
    internal const byte Processor = 0x49;
    internal const byte FirmwareVersion = 0x50;
    internal const byte Reset = 0x55;
    internal const byte Error = 0x90;

    internal const byte DetectQuestion = 0x73;
    internal const byte DetectAnswer = 0x46;
    internal const byte ResetMark = 0xF8;

    /// <summary>As the value of a setting: what is it now?</summary>
    internal const byte Query = 0xFF;

    /// <summary>"Who are you?", as every host asks it.</summary>
    internal static readonly byte[] Handshake =
    [
        .. KissFraming.Encode(Detect, [DetectQuestion]), .. KissFraming.Encode(FirmwareVersion, [0]),
        .. KissFraming.Encode(Platform, [0]), .. KissFraming.Encode(Processor, [0]),
    ];

    internal static readonly byte[] AskRoom = KissFraming.Encode(Room, [0]);
    internal static readonly byte[] AskState = KissFraming.Encode(RadioState, [Query]);

    /// <summary>An error code in words.</summary>
    internal static string ErrorText(byte code) => code switch
    {
        0x01 => "error 01, the radio could not be started",
        0x02 => "error 02, the transmission failed",
        0x03 => "error 03, its memory for settings is locked",
        0x04 => "error 04, its queue is full",
        0x05 => "error 05, its memory is nearly full",
        0x06 => "error 06, the radio did not answer",
        _ => $"error {code:X2}",
    };

    /// <summary>What a report of the modem adds to what is known; the same facts when it is none.</summary>
    internal static ModemFacts Told(this ModemFacts facts, byte command, ReadOnlySpan<byte> data) => (command, data.Length) switch
    {
        (FirmwareVersion, 2) => facts with { Firmware = $"{data[0]}.{data[1]:00}" },
        (Rssi, 1) => facts with { Rssi = Dbm(data[0]) },
        (Snr, 1) => facts with { Snr = (sbyte)data[0] / 4.0 },
        (ChannelTime, 11) => facts with { Airtime = Share(data[2..]), ChannelLoad = Share(data[6..]), NoiseFloor = Dbm(data[9]) },
        (Battery, 2) => facts with { Battery = data[1] },
        _ => facts,
    };

    private static int Dbm(byte value) => value - 157;

    /// <summary>Hundredths of a percent.</summary>
    private static double Share(ReadOnlySpan<byte> data) => ((data[0] << 8) | data[1]) / 10_000.0;
}
