using System.Numerics;
using System.Text;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>
/// Dutch in few bytes: a static model, trained beforehand, predicts every character from those before it, and a range coder
/// writes what was not predicted (FORMAT.md §9). Decoding gives back exactly the text that was encoded, whatever it is.
/// </summary>
public static class TextModel
{
    /// <summary>The first byte of what is written.</summary>
    public const byte Version = 1;

    internal const string ResourceName = "dutch-1.model";

    /// <summary>Bits of the length of an escaped character.</summary>
    private const int LengthBits = 5;

    private const int Half = 1 << 15;

    private static class Shipped
    {
        public static readonly TextTables Tables = Load();
    }

    internal static TextTables Tables => Shipped.Tables;

    /// <summary>Layout: version(1) | code. Allocates nothing.</summary>
    /// <param name="text">At most <see cref="MessageLimits.BulletinText"/> units.</param>
    /// <param name="destination">Give it as much room as is worth using; more is never needed than that.</param>
    /// <returns>Bytes written; 0 when they do not fit, the text is longer, or it holds half a surrogate pair.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> destination) => Encode(Tables, text, destination);

    /// <summary>Reads what <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/> wrote. Never throws and never writes more than fits, whatever the bytes are.</summary>
    /// <param name="source">Version and code.</param>
    /// <param name="destination">Room for the longest text that is allowed.</param>
    /// <param name="length">UTF-16 units written.</param>
    /// <returns>False when the version is another, the text is longer than the room, or bytes are left over.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<char> destination, out int length)
    {
        length = 0;
        return !source.IsEmpty && source[0] == Version && TryDecode(Tables, source[1..], destination, out length);
    }

    internal static int Encode(TextTables tables, ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length > MessageLimits.BulletinText || destination.IsEmpty) return 0;
        destination[0] = Version;
        var coder = new RangeEncoder(destination[1..]);
        var context = new TextContext(tables.Symbols);
        for (var i = 0; i < text.Length; i++)
        {
            var symbol = tables.Symbols.Of(text[i]);
            Write(tables, ref coder, context, context.Coded(symbol));
            if (symbol == TextSymbols.Escape)
            {
                if (Rune.DecodeFromUtf16(text[i..], out var rune, out var units) != System.Buffers.OperationStatus.Done) return 0;
                WriteScalar(ref coder, (uint)rune.Value);
                i += units - 1;
            }

            if (coder.Failed) return 0;
            context.Add(symbol);
        }

        Write(tables, ref coder, context, TextSymbols.End);
        var length = coder.Finish();
        return coder.Failed ? 0 : length + 1;
    }

    private static bool TryDecode(TextTables tables, ReadOnlySpan<byte> code, Span<char> destination, out int length)
    {
        length = 0;
        var coder = new RangeDecoder(code);
        var context = new TextContext(tables.Symbols);

        // Every round writes at least one unit, so the room bounds the loop.
        while (true)
        {
            var symbol = context.Coded(Read(tables, ref coder, context));
            if (symbol == TextSymbols.End) return code.Length <= coder.Taken;
            if (symbol == TextSymbols.Escape)
            {
                if (!Rune.TryCreate(ReadScalar(ref coder), out var rune) || !rune.TryEncodeToUtf16(destination[length..], out var units)) return false;
                length += units;
            }
            else
            {
                if (length == destination.Length) return false;
                destination[length++] = tables.Symbols.Character(symbol);
            }

            context.Add(symbol);
        }
    }

    private static void Write(TextTables tables, ref RangeEncoder coder, in TextContext context, byte symbol)
    {
        var code = tables.Code[symbol];
        var node = 0;
        for (var left = tables.CodeLength[symbol]; left > 0; left--, code >>= 1)
        {
            var bit = (int)(code & 1);
            coder.Encode(bit, TextPrediction.One(tables, context, node));
            node = tables.Tree[2 * node + bit];
        }
    }

    private static byte Read(TextTables tables, ref RangeDecoder coder, in TextContext context)
    {
        var node = 0;
        while (node < TextTree.Leaf) node = tables.Tree[2 * node + coder.Decode(TextPrediction.One(tables, context, node))];
        return (byte)(node - TextTree.Leaf);
    }

    /// <summary>Layout, in bits of even chance: number of bits(5) | the bits below the highest. 0 counts as one bit.</summary>
    private static void WriteScalar(ref RangeEncoder coder, uint scalar)
    {
        var bits = BitOperations.Log2(scalar);
        for (var i = LengthBits - 1; i >= 0; i--) coder.Encode((bits >> i) & 1, Half);
        for (var i = bits - (bits == 0 ? 0 : 1); i >= 0; i--) coder.Encode((int)(scalar >> i) & 1, Half);
    }

    private static uint ReadScalar(ref RangeDecoder coder)
    {
        var bits = 0;
        for (var i = 0; i < LengthBits; i++) bits = (bits << 1) | coder.Decode(Half);
        var scalar = bits == 0 ? 0u : 1u;
        for (var i = Math.Max(bits, 1); i > 0; i--) scalar = (scalar << 1) | (uint)coder.Decode(Half);
        return scalar;
    }

    private static TextTables Load()
    {
        using var stream = typeof(TextModel).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {ResourceName}.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new TextTables(file);
    }
}
