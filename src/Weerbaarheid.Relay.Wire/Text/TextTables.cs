using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>The model's numbers, as the resource has them (FORMAT.md §9.5). Read once, never changed.</summary>
internal sealed class TextTables
{
    /// <summary>What stands in front of the resource.</summary>
    public const uint Magic = 0x31545257;

    /// <summary>Largest logit, in 1/256 nat.</summary>
    public const int MaxLogit = 2560;

    /// <summary>Kinds of evidence that a slot can hold, 0 for none.</summary>
    public const int States = 64;

    /// <summary>Inputs of the mixer: one for each key, one of the symbol before, one that is always the same.</summary>
    public const int Inputs = TextContext.Keys + 2;

    /// <summary>Sets of weights: longest order seen (none, 3, 4, 5, 6), word seen, both words seen, start of a word.</summary>
    public const int WeightSets = 5 * 2 * 2 * 2;

    /// <summary>What the input that is always the same says.</summary>
    public const int Bias = 256;

    /// <summary>A weight of one.</summary>
    public const int WeightOne = 4096;

    public TextTables(ReadOnlySpan<byte> file)
    {
        var reader = new Reader(file);
        if (reader.UInt32() != Magic) throw new InvalidDataException("The resource is not a text model.");
        Symbols = new TextSymbols(reader.UInt16s((int)reader.UInt32()));
        Tree = reader.Bytes(2 * (Symbols.Count - 1));
        Logistic = reader.UInt16s(MaxLogit + 1);
        AfterSymbol = reader.Int16s(Symbols.Count * (Symbols.Count - 1));
        Evidence = reader.Int16s(TextContext.Keys * States);
        Weights = reader.Int16s(WeightSets * Inputs);
        NodeWeights = reader.Int16s((Symbols.Count - 1) * Inputs);
        Buckets = reader.UInt64s((int)reader.UInt32());
        (Code, CodeLength) = TextTree.Codes(Tree, Symbols.Count);
    }

    private TextTables(TextSymbols symbols, byte[] tree)
    {
        (Symbols, Tree) = (symbols, tree);
        (Logistic, AfterSymbol, Evidence, Weights, NodeWeights, Buckets) = ([], [], [], [], [], []);
        (Code, CodeLength) = TextTree.Codes(tree, symbols.Count);
    }

    public TextSymbols Symbols { get; }

    /// <summary>Two children of each node, for 0 and 1: a node, or 128 + a symbol.</summary>
    public byte[] Tree { get; }

    /// <summary>Of 65536: the chance of a 1 for a logit of 0, 1, 2... 1/256 nat.</summary>
    public ushort[] Logistic { get; }

    /// <summary>Logit of a 1 for each symbol before and node.</summary>
    public short[] AfterSymbol { get; }

    /// <summary>Logit of a 1 for each key and state.</summary>
    public short[] Evidence { get; }

    public short[] Weights { get; }

    public short[] NodeWeights { get; }

    /// <summary>Four slots each, of ten bits of check and six of state.</summary>
    public ulong[] Buckets { get; }

    /// <summary>The way through the tree to each symbol, first step in the lowest bit.</summary>
    public uint[] Code { get; }

    public byte[] CodeLength { get; }

    /// <summary>Symbols and tree only: what training needs to ask its questions.</summary>
    public static TextTables Shape(ushort[] characters, byte[] tree) => new(new TextSymbols(characters), tree);

    /// <summary>The state of what was counted under a key at a node; 0 when nothing was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StateOf(uint key, int node)
    {
        var hash = SlotHash(key, node);
        var bucket = Buckets[(int)(((ulong)hash * (uint)Buckets.Length) >> 32)];
        var wanted = (hash & 0x3FF) << 6;
        for (; bucket != 0; bucket >>= 16)
            if ((bucket & 0xFFC0) == wanted) return (int)(bucket & 0x3F);
        return 0;
    }

    /// <summary>Where a key and a node have their slot: the high bits choose the bucket, the low ten are the check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SlotHash(uint key, int node)
    {
        var hash = (key ^ ((uint)node * 0x9E3779B1u)) * 0x85EBCA6Bu;
        return (hash ^ (hash >> 15)) * 0xC2B2AE35u;
    }

    private ref struct Reader(ReadOnlySpan<byte> file)
    {
        private ReadOnlySpan<byte> _rest = file;

        public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

        public byte[] Bytes(int count) => Take(count).ToArray();

        public ushort[] UInt16s(int count)
        {
            var values = new ushort[count];
            foreach (ref var value in values.AsSpan()) value = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            return values;
        }

        public short[] Int16s(int count)
        {
            var values = new short[count];
            foreach (ref var value in values.AsSpan()) value = BinaryPrimitives.ReadInt16LittleEndian(Take(2));
            return values;
        }

        public ulong[] UInt64s(int count)
        {
            var values = new ulong[count];
            foreach (ref var value in values.AsSpan()) value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            return values;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
