using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// A REYAX RYLR998 as its host sees it, after the AT command guide: whole commands that end with CR LF, and error 1 for one that does
/// not in time; <c>+OK</c>, <c>+ERR=n</c>, <c>+READY</c> after a reset; <c>AT+SEND</c> of at most 240 bytes with <c>+OK</c> when it
/// is sent and error 17 for the next one before that; <c>+RCV</c> with the data as they are, so only their length tells where they
/// end. Heard is who has the same band, parameter and network and sends to this address or to 0. Eight bytes more than the data are
/// on the air. Settings survive a reset, except a band that was set without <c>,M</c>. It never listens before it sends.
/// </summary>
/// <remarks>
/// Written from the document alone. Not verified on hardware: how long an unfinished command may take, the meaning of error 15 for a
/// value out of range, error 12 for a damaged packet, <c>+RESET</c> before <c>+READY</c>, <c>+OK</c> to <c>AT+IPR</c>, the limits of
/// SF and bandwidth, what the eight bytes hold. Left out: passwords, smart power, sleep, other baud rates.
/// </remarks>
internal sealed class Rylr998Emulator : TextModemEmulator
{
    private const int LongestData = 240;

    /// <summary>On the air before the data: to, from, and what the modem keeps to itself.</summary>
    private const int Header = 8;

    private Rylr998Settings _settings = new();
    private Rylr998Settings _flash = new();
    private bool _isSending;

    internal Rylr998Emulator(RadioChannel channel, string name)
        : base(channel, name) => Station.Listening = _settings.Tuning;

    /// <summary>How long an unfinished command may lie still. In fast time a test gives more: behind a terminal bytes come late.</summary>
    internal TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    protected override TimeSpan? LineTimeout => CommandTimeout;

    protected override void Forget()
    {
        base.Forget();
        Station.Listening = null;
        (_settings, _isSending) = (_flash, false);
    }

    protected override void OnStarted()
    {
        Station.Listening = _settings.Tuning;
        Say("+READY");
    }

    protected override void OnBrokenLine() => Fail(Rylr998Error.NoLineEnd);

    protected override void OnLine(ReadOnlySpan<byte> line)
    {
        var command = Encoding.Latin1.GetString(line);
        if (command == "AT") Say("+OK");
        else if (command.StartsWith("AT+", StringComparison.Ordinal)) OnCommand(command[3..]);
        else if (command.StartsWith("AT", StringComparison.Ordinal)) Fail(Rylr998Error.UnknownCommand);
        else Fail(Rylr998Error.NotAt);
    }

    protected override void OnHeard(Heard heard)
    {
        if (heard.IsDamaged)
        {
            Fail(Rylr998Error.Damaged);
            return;
        }

        var packet = heard.Bytes.Span;
        var to = BinaryPrimitives.ReadUInt16BigEndian(packet);
        if (to != 0 && to != _settings.Address) return;
        var from = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var data = Encoding.Latin1.GetString(packet[Header..]);
        Say($"+RCV={from},{data.Length},{data},{Heard.Rssi},{Heard.SnrQuarters / 4}");
    }

    /// <param name="command">What stands behind <c>AT+</c>.</param>
    private void OnCommand(string command)
    {
        if (command == "RESET")
        {
            Say("+RESET");
            Reset();
        }
        else if (command == "FACTORY")
        {
            (_settings, _flash) = (new Rylr998Settings(), new Rylr998Settings());
            Station.Listening = _settings.Tuning;
            Say("+FACTORY");
        }
        else if (command.StartsWith("SEND=", StringComparison.Ordinal))
        {
            Transmit(command[5..]);
        }
        else if (command.EndsWith('?'))
        {
            Ask(command[..^1]);
        }
        else
        {
            Set(command);
        }
    }

    private void Ask(string name)
    {
        var answer = name switch
        {
            "VER" => "+VER=RYLR998_REYAX_V1.2.2",
            "UID" => "+UID=0011223344556677",
            _ => _settings.Get(name),
        };
        if (answer is null) Fail(Rylr998Error.UnknownCommand);
        else Say(answer);
    }

    private void Set(string command)
    {
        var sign = command.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = sign < 0 ? (command, "") : (command[..sign], command[(sign + 1)..]);
        if (_settings.TrySet(name, value, out var set) is var error and not 0)
        {
            Fail(error);
            return;
        }

        var staysInFlash = name != "BAND" || value.EndsWith(",M", StringComparison.Ordinal);
        _settings = set;
        _flash = staysInFlash ? set with { Band = name == "BAND" ? set.Band : _flash.Band } : _flash;
        Station.Listening = set.Tuning;
        Say("+OK");
    }

    /// <param name="arguments">Address, length and data; the data may hold commas.</param>
    private void Transmit(string arguments)
    {
        if (arguments.Split(',', 3) is not [var address, var length, var data]
            || !ushort.TryParse(address, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var announced))
        {
            Fail(Rylr998Error.BadValue);
        }
        else if (announced > LongestData)
        {
            Fail(Rylr998Error.TooLong);
        }
        else if (announced == 0 || announced != data.Length)
        {
            Fail(Rylr998Error.WrongLength);
        }
        else if (_isSending)
        {
            Fail(Rylr998Error.StillSending);
        }
        else
        {
            Transmit(to, Encoding.Latin1.GetBytes(data));
        }
    }

    private void Transmit(ushort to, byte[] data)
    {
        var packet = new byte[Header + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, to);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _settings.Address);
        data.CopyTo(packet, Header);
        _isSending = true;
        Send(_settings.Tuning, packet, () =>
        {
            _isSending = false;
            Say("+OK");
        });
    }

    private void Fail(int error) => Say($"+ERR={error}");
}
