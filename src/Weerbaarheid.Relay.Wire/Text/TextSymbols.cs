namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>The model's symbols: the end, the escape, and the characters that have a number of their own (FORMAT.md §9.2).</summary>
internal sealed class TextSymbols
{
    public const byte End = 0;
    public const byte Escape = 1;

    /// <summary>First number of a character.</summary>
    public const byte FirstCharacter = 2;

    private readonly ushort[] _characters;
    private readonly byte[] _direct = new byte[256];
    private readonly byte[] _fold;
    private readonly byte[] _swap;
    private readonly bool[] _isLetter;

    /// <param name="characters">One UTF-16 unit for each symbol; those of the end and the escape are not looked at.</param>
    public TextSymbols(ushort[] characters)
    {
        _characters = characters;
        for (var symbol = FirstCharacter; symbol < characters.Length; symbol++)
            if (characters[symbol] < 256) _direct[characters[symbol]] = symbol;
        (_fold, _swap, _isLetter) = (new byte[characters.Length], new byte[characters.Length], new bool[characters.Length]);
        for (var i = 0; i < characters.Length; i++)
        {
            var character = (char)characters[i];
            var isCharacter = i >= FirstCharacter;
            _swap[i] = isCharacter && char.IsAsciiLetter(character) ? _direct[character ^ 0x20] : (byte)i;
            _fold[i] = isCharacter && char.IsAsciiLetterUpper(character) ? _swap[i] : isCharacter && char.IsAsciiDigit(character) ? _direct['0'] : (byte)i;
            _isLetter[i] = isCharacter && (char.IsAsciiLetter(character) || character is >= 'À' and <= 'ÿ' and not ('×' or '÷'));
        }
    }

    /// <summary>How many there are; at most 128.</summary>
    public int Count => _characters.Length;

    /// <summary>The symbol of a UTF-16 unit; the escape when it has none.</summary>
    public byte Of(char character)
    {
        if (character < 256) return _direct[character] is var symbol and not 0 ? symbol : Escape;
        for (var i = Count - 1; i >= FirstCharacter && _characters[i] >= 256; i--)
            if (_characters[i] == character) return (byte)i;
        return Escape;
    }

    public char Character(byte symbol) => (char)_characters[symbol];

    /// <summary>The symbol as a context: without case, and every digit a 0.</summary>
    public byte Fold(byte symbol) => _fold[symbol];

    /// <summary>The same letter in the other case, for A to Z; anything else is itself.</summary>
    public byte Swap(byte symbol) => _swap[symbol];

    public bool IsLetter(byte symbol) => _isLetter[symbol];

    public bool IsCapital(byte symbol) => _isLetter[symbol] && char.IsAsciiLetterUpper((char)_characters[symbol]);
}
