using System.Text;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>Lines in a stream of bytes, as modems with text commands send them: up to LF, without the CR before it.</summary>
/// <param name="most">The most bytes in a line; a longer one is skipped whole.</param>
/// <param name="least">How long a line that begins like this must be before an LF can end it; null when any LF does.</param>
internal sealed class LineFraming(int most, Func<ReadOnlySpan<byte>, int>? least = null)
{
    /// <summary>A line comes in one go; what follows after a silence is another.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly byte[] _line = new byte[most];
    private int _length;
    private bool _skipping;
    private TimeSpan _last;

    /// <summary>Takes bytes off the front until a line is whole or no bytes are left. Empty lines are left out.</summary>
    /// <param name="line">Each byte as the character of its number.</param>
    internal bool TryTake(ref ReadOnlySpan<byte> bytes, TimeSpan now, out string line)
    {
        if (now - _last > Silence) Reset();
        _last = now;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != '\n' || (least is not null && _length < least(_line.AsSpan(0, _length))))
            {
                Add(bytes[at]);
                continue;
            }

            line = _skipping ? "" : Encoding.Latin1.GetString(_line, 0, _length).TrimEnd('\r');
            Reset();
            if (line.Length == 0) continue;
            bytes = bytes[(at + 1)..];
            return true;
        }

        bytes = [];
        line = "";
        return false;
    }

    /// <summary>Forgets what came so far.</summary>
    internal void Reset() => (_length, _skipping) = (0, false);

    /// <summary>For people: without control characters and not longer than a line of text.</summary>
    internal static string Shown(string line) =>
        string.Concat(line.Take(40).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '.'));

    private void Add(byte value)
    {
        if (_length < most && !_skipping) _line[_length++] = value;
        else (_length, _skipping) = (0, true);
    }
}
