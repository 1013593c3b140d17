using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// A Microchip RN2483 as its host sees it, after DS40001784: commands in lower case that end with CR LF; the banner after a reset;
/// <c>mac pause</c> before any radio command; <c>radio set</c>; <c>radio tx</c> with <c>ok</c> at once and <c>radio_tx_ok</c> when it
/// is sent; <c>radio rx 0</c> for exactly one packet, given as <c>radio_rx</c>, two spaces and hex; the watchdog of 15 s that ends
/// receiving unless it is set to 0. What comes while it does not receive is lost. It never listens before it sends.
/// </summary>
/// <remarks>
/// Written from the document alone. Not verified on hardware: <c>rxstop</c>, the default of the watchdog and the range of the power;
/// which of <c>busy</c> and <c>invalid_param</c> comes before <c>mac pause</c>; that a damaged packet ends receiving with
/// <c>radio_err</c>; that a setting may change while it receives. The watchdog does not watch sending. Inverted IQ is taken but changes nothing.
/// </remarks>
internal sealed class Rn2483Emulator(RadioChannel channel, string name) : TextModemEmulator(channel, name)
{
    internal const string Banner = "RN2483 1.0.5 Oct 31 2018 15:06:52";

    private const int LongestPacket = 255;

    private Rn2483Settings _settings = new();
    private bool _isPaused;
    private bool _isSending;

    // One number for each arming of the receiver, so that a watchdog knows whether it is still its own.
    private int _arming;

    internal bool IsReceiving => Station.Listening is not null;

    protected override TimeSpan? LineTimeout => null;

    protected override void Forget()
    {
        base.Forget();
        StopReceiving();
        _settings = new Rn2483Settings();
        _isPaused = _isSending = false;
    }

    protected override void OnStarted() => Say(Banner);

    protected override void OnBrokenLine() => Say("invalid_param");

    protected override void OnLine(ReadOnlySpan<byte> line)
    {
        var words = Encoding.Latin1.GetString(line).Split(' ');
        var answer = words switch
        {
            ["sys", "reset"] => null,
            ["sys", "get", "ver"] => Banner,
            ["mac", "pause"] => Pause(),
            ["mac", "resume"] => Resume(),
            ["radio", "get", "snr"] => (Heard.SnrQuarters / 4).ToString(CultureInfo.InvariantCulture),
            ["radio", "get", var setting] => _settings.Get(setting) ?? "invalid_param",
            ["radio", "set", var setting, var value] => _isPaused && _settings.TrySet(setting, value) ? "ok" : "invalid_param",
            ["radio", "tx", var hex] => Transmit(hex),
            ["radio", "rx", var window] => Receive(window),
            ["radio", "rxstop"] => StopReceiving(),
            _ => "invalid_param",
        };
        if (answer is null) Reset();
        else Say(answer);
    }

    protected override void OnHeard(Heard heard)
    {
        StopReceiving();
        Say(heard.IsDamaged ? "radio_err" : $"radio_rx  {Convert.ToHexString(heard.Bytes.Span)}");
    }

    private string Pause()
    {
        _isPaused = true;
        return "4294967245";
    }

    private string Resume()
    {
        _isPaused = false;
        return "ok";
    }

    private string Transmit(string hex)
    {
        if (!_isPaused || _isSending || IsReceiving) return "busy";
        if (hex.Length % 2 != 0 || hex.Length > 2 * LongestPacket || !hex.All(char.IsAsciiHexDigit)) return "invalid_param";
        _isSending = true;
        Send(_settings.Tuning, Convert.FromHexString(hex), () =>
        {
            _isSending = false;
            Say("radio_tx_ok");
        });
        return "ok";
    }

    /// <param name="window">Symbols to wait for a packet; 0 for as long as it takes.</param>
    private string Receive(string window)
    {
        if (!ushort.TryParse(window, NumberStyles.None, CultureInfo.InvariantCulture, out var symbols)) return "invalid_param";
        if (!_isPaused || _isSending || IsReceiving) return "busy";
        var tuning = _settings.Tuning;
        var arming = ++_arming;
        Station.Listening = tuning;
        foreach (var limit in (TimeSpan[])[_settings.Watchdog, symbols * tuning.Symbol])
        {
            if (limit == TimeSpan.Zero) continue;
            After(limit, () =>
            {
                if (arming != _arming) return;
                StopReceiving();
                Say("radio_err");
            });
        }

        return "ok";
    }

    private string StopReceiving()
    {
        _arming++;
        Station.Listening = null;
        return "ok";
    }
}
