using System.Text;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>The other side of a modem's serial line, by hand.</summary>
internal sealed class SerialHost
{
    private readonly List<byte> _heard = [];
    private readonly ModemEmulator _modem;

    internal SerialHost(ModemEmulator modem)
    {
        _modem = modem;
        modem.ToHost = bytes => _heard.AddRange(bytes.Span);
    }

    /// <param name="hex">Bytes, with spaces where they help the eye.</param>
    internal void Write(string hex) => _modem.FromHost(Bytes(hex));

    internal void WriteText(string text) => _modem.FromHost(Encoding.Latin1.GetBytes(text));

    /// <summary>What the modem has said since the last time, as hex.</summary>
    internal string Read() => Convert.ToHexString(Take());

    internal string ReadText() => Encoding.Latin1.GetString(Take());

    internal string Ask(string hex)
    {
        Write(hex);
        return Read();
    }

    /// <summary>One line, and what is answered at once.</summary>
    internal string AskLine(string line)
    {
        WriteText(line + "\r\n");
        return ReadText();
    }

    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private byte[] Take()
    {
        byte[] all = [.. _heard];
        _heard.Clear();
        return all;
    }
}
