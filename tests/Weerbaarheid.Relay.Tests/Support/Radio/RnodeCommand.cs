namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>The first byte of a frame on an RNode's serial line.</summary>
internal static class RnodeCommand
{
    internal const byte Data = 0x00;
    internal const byte Frequency = 0x01;
    internal const byte Bandwidth = 0x02;
    internal const byte TxPower = 0x03;
    internal const byte SpreadingFactor = 0x04;
    internal const byte CodingRate = 0x05;
    internal const byte RadioState = 0x06;
    internal const byte RadioLock = 0x07;
    internal const byte Detect = 0x08;
    internal const byte ShortLock = 0x0B;
    internal const byte LongLock = 0x0C;
    internal const byte Promiscuous = 0x0E;
    internal const byte Ready = 0x0F;
    internal const byte ReceivedCount = 0x21;
    internal const byte SentCount = 0x22;
    internal const byte Rssi = 0x23;
    internal const byte Snr = 0x24;
    internal const byte ChannelStats = 0x25;
    internal const byte Random = 0x40;
    internal const byte Board = 0x47;
    internal const byte Platform = 0x48;
    internal const byte Mcu = 0x49;
    internal const byte FirmwareVersion = 0x50;
    internal const byte Reset = 0x55;
    internal const byte Error = 0x90;
}

/// <summary>The payload of <see cref="RnodeCommand.Error"/>.</summary>
internal static class RnodeError
{
    internal const byte InitialisingRadio = 0x01;
    internal const byte Sending = 0x02;
}
