using System.Buffers.Binary;
using System.Numerics;
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

    /// <summary>The factors of <see cref="SlotHash"/>.</summary>
    public const uint NodeFactor = 0x9E3779B1;

    /// <inheritdoc cref="NodeFactor"/>
    public const uint FirstFactor = 0x85EBCA6B;

    /// <inheritdoc cref="NodeFactor"/>
    public const uint SecondFactor = 0xC2B2AE35;

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
        for (var i = 0; i < Evidence.Length; i++) WideEvidence[i] = Evidence[i];
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

    /// <summary>The same with a row more, for vectors.</summary>
    public int[] WideEvidence { get; } = new int[(TextContext.Keys + 1) * States];

    public short[] Weights { get; }

    public short[] NodeWeights { get; }

    /// <summary>Four slots each, of ten bits of check and six of state. No two slots of a bucket that hold something have the same check.</summary>
    public ulong[] Buckets { get; }

    /// <summary>The way through the tree to each symbol, first step in the lowest bit.</summary>
    public uint[] Code { get; }

    public byte[] CodeLength { get; }

    /// <summary>Symbols and tree only: what training needs to ask its questions.</summary>
    public static TextTables Shape(ushort[] characters, byte[] tree) => new(new TextSymbols(characters), tree);

    /// <summary>The state of what was counted under a key at a node; 0 when nothing was.</summary>
    /// <remarks>
    /// The four slots are compared at once and without a branch, because whether a slot is found is as good as chance. A lane without
    /// a difference borrows its highest bit; no other can, because a difference is at least 64.
    /// </remarks>
    /// <param name="buckets">The first of <see cref="Buckets"/>.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="key">The key.</param>
    /// <param name="node">The node.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StateOf(ref ulong buckets, uint count, uint key, int node)
    {
        const ulong ones = 0x0001_0001_0001_0001;
        var hash = SlotHash(key, node);
        // Below the count, whatever the hash is.
        var bucket = Unsafe.Add(ref buckets, (nuint)(((ulong)hash * count) >> 32));
        var difference = (bucket ^ ((hash & 0x3FF) * (ones << 6))) & (0xFFC0 * ones);
        var equal = (difference - ones) & ~difference & (0x8000 * ones);
        var first = BitOperations.TrailingZeroCount(equal);
        var state = (int)(bucket >> (first - 15)) & 0x3F;
        return equal == 0 ? 0 : state;
    }

    /// <summary>Where a key and a node have their slot: the high bits choose the bucket, the low ten are the check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SlotHash(uint key, int node)
    {
        var hash = (key ^ ((uint)node * NodeFactor)) * FirstFactor;
        return (hash ^ (hash >> 15)) * SecondFactor;
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
