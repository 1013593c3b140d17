namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// The frames on an RNode's serial line, <c>C0 command payload C0</c>, as the modem reads and writes them. Written for the emulator
/// alone, so that a misreading here and one in the product do not cancel out.
/// </summary>
internal sealed class RnodeFraming
{
    private const byte End = 0xC0;
    private const byte Escape = 0xDB;

    /// <summary>After an escape: an end, or an escape, that is part of the payload.</summary>
    private const byte EscapedEnd = 0xDC;
    private const byte EscapedEscape = 0xDD;

    private const byte Data = 0x00;

    /// <summary>What comes after this in one frame is not kept.</summary>
    private const int Longest = 8_192;

    private readonly List<byte> _payload = [];
    private bool _isInside;
    private bool _isEscaped;
    private byte? _command;

    /// <summary>A frame for the other side.</summary>
    internal static byte[] Frame(byte command, params ReadOnlySpan<byte> payload)
    {
        List<byte> frame = [End, command];
        foreach (var b in payload)
        {
            frame.AddRange(b switch
            {
                End => [Escape, EscapedEnd],
                Escape => [Escape, EscapedEscape],
                _ => [b],
            });
        }

        frame.Add(End);
        return [.. frame];
    }

    internal void Forget() => (_isInside, _isEscaped, _command) = (false, false, null);

    /// <summary>Takes bytes in whatever pieces they come; returns the frames that end in them.</summary>
    /// <remarks>The end of a data frame does not begin the next one; the end of another frame does. So two ends in a row are harmless.</remarks>
    internal List<(byte Command, byte[] Payload)> Take(ReadOnlySpan<byte> bytes)
    {
        List<(byte, byte[])> frames = [];
        foreach (var b in bytes)
        {
            if (b == End)
            {
                if (_isInside && _command is { } command) frames.Add((command, [.. _payload]));
                _isInside = !(_isInside && _command == Data);
                _isEscaped = false;
                _command = null;
                _payload.Clear();
            }
            else if (_isInside && _command is null)
            {
                _command = b;
            }
            else if (_isInside)
            {
                TakePayload(b);
            }
        }

        return frames;
    }

    private void TakePayload(byte b)
    {
        if (b == Escape)
        {
            _isEscaped = true;
            return;
        }

        // A byte that may not follow an escape counts as itself.
        var plain = (_isEscaped, b) switch
        {
            (true, EscapedEnd) => End,
            (true, EscapedEscape) => Escape,
            _ => b,
        };
        _isEscaped = false;
        if (_payload.Count < Longest) _payload.Add(plain);
    }
}
