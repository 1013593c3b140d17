using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weerbaarheid.Relay.Wire.Text;

/// <content>The same arithmetic for all keys at once, where the processor has AVX2; a test holds the two against each other.</content>
internal static partial class TextPrediction
{
    /// <summary>Repeats the lowest 16 bits of each 64 four times.</summary>
    private static readonly Vector256<byte> Repeat = Vector256.Create(0x0100_0100_0100_0100ul, 0x0908_0908_0908_0908ul, 0x0100_0100_0100_0100ul, 0x0908_0908_0908_0908ul).AsByte();

    private static readonly Vector256<int> Rows = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7) * TextTables.States;

    /// <inheritdoc cref="One"/>
    internal static int OneByVectors(TextTables tables, in TextContext context, int node)
    {
        var states = StatesOf(tables, context.AllKeys, node);
        // The last lane belongs to no key.
        var seen = Vector256.GreaterThan(states, Vector256<int>.Zero).ExtractMostSignificantBits() & 0x7F;
        ref var own = ref Row(tables.Weights, SetOf(seen >> 1, context.AtWordStart));
        ref var shared = ref Row(tables.NodeWeights, node);
        var weights = Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref own)) + Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref shared));
        var inputs = Evidence(tables, states).WithElement(TextContext.Keys, tables.AfterSymbol[(context.Previous * (tables.Symbols.Count - 1)) + node]);
        var bias = (Unsafe.Add(ref own, TextTables.Inputs - 1) + Unsafe.Add(ref shared, TextTables.Inputs - 1)) * TextTables.Bias;
        return Chance(tables.Logistic, (Vector256.Sum(weights * inputs) + bias) / TextTables.WeightOne);
    }

    /// <summary>As <see cref="TextTables.StateOf"/>, for every key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> StatesOf(TextTables tables, Vector256<uint> keys, int node)
    {
        var hash = (keys ^ Vector256.Create((uint)node * TextTables.NodeFactor)) * Vector256.Create(TextTables.FirstFactor);
        hash = (hash ^ (hash >>> 15)) * Vector256.Create(TextTables.SecondFactor);
        var (low, high) = Vector256.Widen(hash);
        var count = Vector256.Create((ulong)(uint)tables.Buckets.Length).AsUInt32();
        // Below the count, whatever the hash is.
        fixed (ulong* buckets = tables.Buckets)
        {
            var first = Avx2.GatherVector256(buckets, (Avx2.Multiply(low.AsUInt32(), count) >>> 32).AsInt64(), sizeof(ulong));
            var last = Avx2.GatherVector256(buckets, (Avx2.Multiply(high.AsUInt32(), count) >>> 32).AsInt64(), sizeof(ulong));
            return Vector256.Narrow(Found(first, low), Found(last, high)).AsInt32();
        }
    }

    /// <summary>The state in the slot with the check that is wanted; 0 when there is none. Since no two have it, the others add nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Found(Vector256<ulong> buckets, Vector256<ulong> hash)
    {
        var wanted = Avx2.Shuffle(((hash & Vector256.Create(0x3FFul)) << 6).AsByte(), Repeat).AsUInt16();
        var slots = buckets.AsUInt16();
        var found = (Vector256.Equals(slots & Vector256.Create((ushort)0xFFC0), wanted) & slots & Vector256.Create((ushort)0x3F)).AsUInt64();
        found |= found >>> 32;
        found |= found >>> 16;
        return found & Vector256.Create(0x3Ful);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> Evidence(TextTables tables, Vector256<int> states)
    {
        // A state has six bits, so that no key reads beyond its row.
        fixed (int* evidence = tables.WideEvidence) return Avx2.GatherVector256(evidence, Rows + states, sizeof(int));
    }

    private static ref short Row(short[] weights, int number) => ref MemoryMarshal.GetReference(weights.AsSpan(number * TextTables.Inputs, TextTables.Inputs));
}
