using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>From a corpus to the resource's bytes; the same corpus always gives the same bytes.</summary>
internal static class ModelTraining
{
    private const string Accented = "\néëïöüèêáàóçäâîôûñíúÉ€°½²³’‘“”–…±º";

    public static byte[] Train(Corpus corpus)
    {
        var characters = new List<ushort> { 0, 0 };
        for (var character = ' '; character <= '~'; character++) characters.Add(character);
        characters.AddRange(Accented.Select(character => (ushort)character).Order());
        var symbols = characters.ToArray();
        var tree = SymbolTree.Build(CountSymbols(new TextSymbols(symbols), corpus));
        var shape = TextTables.Shape(symbols, tree);
        var tally = new Tally();
        foreach (var line in corpus.Lines) tally.AddText(shape, line);
        foreach (var word in corpus.Words) tally.AddWord(shape, word);
        var (buckets, kept) = Placement.Place(tally);
        var mixing = new Mixing(tally, kept, symbols.Length - 1);
        return ModelFile.Write(symbols, tree, AfterSymbol(tally, symbols.Length), mixing, buckets);
    }

    private static long[] CountSymbols(TextSymbols symbols, Corpus corpus)
    {
        var counts = new long[symbols.Count];
        foreach (var line in corpus.Lines)
        {
            foreach (var character in line) counts[symbols.Of(character)] += Tally.TextWeight;
            counts[TextSymbols.End] += Tally.TextWeight;
        }

        return counts;
    }

    private static short[] AfterSymbol(Tally tally, int symbols)
    {
        var logits = new short[symbols * (symbols - 1)];
        for (var slot = 0; slot < tally.Slots.Count; slot++)
        {
            var (kind, previous, node) = tally.Slots[slot];
            if (kind == TextContext.Keys)
                logits[(int)previous * (symbols - 1) + node] = (short)Logistics.Logit(2 * tally.Ones[slot] + 1, 2L * (tally.Ones[slot] + tally.Zeros[slot]) + 2);
        }

        return logits;
    }
}
