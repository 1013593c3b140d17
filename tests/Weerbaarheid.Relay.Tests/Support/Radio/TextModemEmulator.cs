using System.Text;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>A modem that takes lines ending with CR LF and answers with lines.</summary>
internal abstract class TextModemEmulator(RadioChannel channel, string name) : ModemEmulator(channel, name)
{
    /// <summary>More than the longest command of either modem.</summary>
    private const int LongestLine = 1_024;

    private readonly List<byte> _line = [];
    private int _pieces;

    /// <summary>How long an unfinished line may lie still; null for ever.</summary>
    protected abstract TimeSpan? LineTimeout { get; }

    protected abstract void OnLine(ReadOnlySpan<byte> line);

    /// <summary>A line that was not finished in time, or is too long to be one.</summary>
    protected abstract void OnBrokenLine();

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        _pieces++;
        foreach (var b in bytes)
        {
            if (IsBooting) return;
            _line.Add(b);
            if (_line is [.., (byte)'\r', (byte)'\n'])
            {
                var line = _line.GetRange(0, _line.Count - 2).ToArray();
                _line.Clear();
                OnLine(line);
            }
            else if (_line.Count > LongestLine)
            {
                Break();
            }
        }

        if (_line.Count == 0 || LineTimeout is not { } timeout) return;
        var piece = _pieces;
        After(timeout, () =>
        {
            if (piece == _pieces) Break();
        });
    }

    protected void Say(string line) => Say(Encoding.Latin1.GetBytes(line + "\r\n"));

    protected override void Forget() => _line.Clear();

    private void Break()
    {
        _line.Clear();
        OnBrokenLine();
    }
}
