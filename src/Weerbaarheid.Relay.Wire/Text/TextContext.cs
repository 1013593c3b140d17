using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>What came before the next symbol, as the keys under which the model has counted (FORMAT.md §9.3).</summary>
internal ref struct TextContext
{
    /// <summary>Keys: of the last 2, 3, 4, 5 and 6 symbols, of the word, and of the word with the one before it.</summary>
    public const int Keys = 7;

    private readonly TextSymbols _symbols;
    private ulong _history;
    private uint _word;
    private uint _lastWord;
    private uint _wordBefore;
    private int _capitals;
    private bool _shouting;
    private KeySet _keys;

    public TextContext(TextSymbols symbols)
    {
        _symbols = symbols;
        MakeKeys();
    }

    /// <summary>The symbol before, as it was coded; <see cref="TextSymbols.End"/> at the start.</summary>
    public byte Previous { get; private set; }

    /// <summary>Whether the next symbol may start a word.</summary>
    public readonly bool AtWordStart => _word == 0;

    public readonly uint Key(int number) => _keys[number];

    /// <summary>All keys; the last lane is nothing.</summary>
    public readonly Vector256<uint> AllKeys => Vector256.LoadUnsafe(ref Unsafe.As<KeySet, uint>(ref Unsafe.AsRef(in _keys)));

    /// <summary>A symbol as it is coded: in the middle of capitals a capital is what is expected, so the cases change places.</summary>
    public readonly byte Coded(byte symbol) => _shouting ? _symbols.Swap(symbol) : symbol;

    /// <summary>Takes in the next symbol, as it stands in the text.</summary>
    public void Add(byte symbol)
    {
        Previous = Coded(symbol);
        var fold = _symbols.Fold(symbol);
        _history = (_history << 8) | fold;
        if (_symbols.IsLetter(symbol))
        {
            _word = (_word + fold) * 0x2C1B3C6Du + 1;
            _capitals = _symbols.IsCapital(symbol) ? _capitals + 1 : 0;
            _shouting = _shouting ? _capitals > 0 : _capitals > 1;
        }
        else
        {
            if (_word != 0) (_wordBefore, _lastWord, _word) = (_lastWord, _word, 0);
            _capitals = 0;
        }

        MakeKeys();
    }

    private void MakeKeys()
    {
        for (var order = 2; order <= 6; order++)
            _keys[order - 2] = Mix((_history & ((1ul << (8 * order)) - 1)) + ((ulong)order << 56));
        var inWord = _word != 0;
        _keys[5] = Mix((7ul << 56) + (inWord ? _word : ((_history & 0xFF) << 32) + _lastWord));
        _keys[6] = Mix((8ul << 56) + _word + ((ulong)_lastWord << 20) + (inWord ? 0 : (ulong)_wordBefore * 3));
    }

    private static uint Mix(ulong value) => (uint)((value * 0x9E3779B97F4A7C15ul) >> 32);

    /// <summary>One more than there are keys, so that they fill a vector.</summary>
    [InlineArray(Keys + 1)]
    private struct KeySet
    {
        private uint _first;
    }
}
