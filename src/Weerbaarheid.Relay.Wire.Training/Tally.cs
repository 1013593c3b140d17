using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>Every question that the texts answer, and how often each key and node saw a 0 and a 1.</summary>
internal sealed class Tally
{
    /// <summary>What one occurrence in a text counts; one in a list of words counts 1.</summary>
    public const int TextWeight = 8;

    private readonly Dictionary<(int Kind, uint Key, int Node), int> _numbers = [];

    /// <summary>For each slot: the kind of key, the key and the node.</summary>
    public List<(int Kind, uint Key, int Node)> Slots { get; } = [];

    public List<int> Zeros { get; } = [];

    public List<int> Ones { get; } = [];

    /// <summary>Slots of the same question under the next shorter order; -1 where there is none.</summary>
    public List<int> Shorter { get; } = [];

    public List<Question> Questions { get; } = [];

    /// <summary>Where each text's questions end.</summary>
    public List<int> Ends { get; } = [];

    /// <summary>Counts a text with its end, and remembers its questions.</summary>
    public void AddText(TextTables shape, string text)
    {
        var context = new TextContext(shape.Symbols);
        foreach (var character in text) AddSymbol(shape, ref context, shape.Symbols.Of(character), TextWeight, true);
        AddSymbol(shape, ref context, TextSymbols.End, TextWeight, true);
        Ends.Add(Questions.Count);
    }

    /// <summary>Counts a word between spaces.</summary>
    public void AddWord(TextTables shape, string word)
    {
        var context = new TextContext(shape.Symbols);
        context.Add(shape.Symbols.Of(' '));
        foreach (var character in word) AddSymbol(shape, ref context, shape.Symbols.Of(character), 1, false);
        AddSymbol(shape, ref context, shape.Symbols.Of(' '), 1, false);
    }

    private void AddSymbol(TextTables shape, ref TextContext context, byte symbol, int weight, bool keep)
    {
        var coded = context.Coded(symbol);
        var code = shape.Code[coded];
        var node = 0;
        for (var left = shape.CodeLength[coded]; left > 0; left--, code >>= 1)
        {
            var bit = (int)(code & 1);
            var slots = new int[TextContext.Keys + 1];
            slots[TextContext.Keys] = Count(TextContext.Keys, context.Previous, node, bit, weight, -1);
            for (var i = 0; i < TextContext.Keys; i++)
                slots[i] = Count(i, context.Key(i), node, bit, weight, i == 0 ? slots[TextContext.Keys] : i < 5 ? slots[i - 1] : -1);
            if (keep) Questions.Add(new Question((byte)node, (byte)bit, context.AtWordStart, slots));
            node = shape.Tree[2 * node + bit];
        }

        context.Add(symbol);
    }

    private int Count(int kind, uint key, int node, int bit, int weight, int shorter)
    {
        if (!_numbers.TryGetValue((kind, key, node), out var slot))
        {
            slot = Slots.Count;
            _numbers.Add((kind, key, node), slot);
            Slots.Add((kind, key, node));
            Shorter.Add(shorter);
            Zeros.Add(0);
            Ones.Add(0);
        }

        if (bit == 0) Zeros[slot] += weight;
        else Ones[slot] += weight;
        return slot;
    }

    /// <param name="Node">Where in the tree.</param>
    /// <param name="Bit">The answer.</param>
    /// <param name="AtWordStart">As <see cref="TextContext.AtWordStart"/>.</param>
    /// <param name="Slots">One for each kind of key; the symbol before comes last.</param>
    internal sealed record Question(byte Node, byte Bit, bool AtWordStart, int[] Slots);
}
