using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>The chance of a 1 at a node of the tree, mixed from what every key says (FORMAT.md §9.4).</summary>
internal static partial class TextPrediction
{
    /// <returns>Of 65536; 1 to 65535.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int One(TextTables tables, in TextContext context, int node) =>
        Avx2.IsSupported ? OneByVectors(tables, context, node) : OneByOne(tables, context, node);

    /// <remarks>Written out for every key, so that what is found stays in registers: this is most of what a text costs.</remarks>
    /// <inheritdoc cref="One"/>
    internal static int OneByOne(TextTables tables, in TextContext context, int node)
    {
        ref var buckets = ref MemoryMarshal.GetArrayDataReference(tables.Buckets);
        var count = (uint)tables.Buckets.Length;
        var s0 = TextTables.StateOf(ref buckets, count, context.Key(0), node);
        var s1 = TextTables.StateOf(ref buckets, count, context.Key(1), node);
        var s2 = TextTables.StateOf(ref buckets, count, context.Key(2), node);
        var s3 = TextTables.StateOf(ref buckets, count, context.Key(3), node);
        var s4 = TextTables.StateOf(ref buckets, count, context.Key(4), node);
        var s5 = TextTables.StateOf(ref buckets, count, context.Key(5), node);
        var s6 = TextTables.StateOf(ref buckets, count, context.Key(6), node);

        var seen = Seen(s1) | (Seen(s2) << 1) | (Seen(s3) << 2) | (Seen(s4) << 3) | (Seen(s5) << 4) | (Seen(s6) << 5);
        var own = tables.Weights.AsSpan(SetOf(seen, context.AtWordStart) * TextTables.Inputs, TextTables.Inputs);
        var shared = tables.NodeWeights.AsSpan(node * TextTables.Inputs, TextTables.Inputs);
        var evidence = tables.Evidence.AsSpan(0, TextContext.Keys * TextTables.States);
        var sum = (own[0] + shared[0]) * evidence[s0]
            + (own[1] + shared[1]) * evidence[TextTables.States + s1]
            + (own[2] + shared[2]) * evidence[(2 * TextTables.States) + s2]
            + (own[3] + shared[3]) * evidence[(3 * TextTables.States) + s3]
            + (own[4] + shared[4]) * evidence[(4 * TextTables.States) + s4]
            + (own[5] + shared[5]) * evidence[(5 * TextTables.States) + s5]
            + (own[6] + shared[6]) * evidence[(6 * TextTables.States) + s6]
            + (own[7] + shared[7]) * tables.AfterSymbol[(context.Previous * (tables.Symbols.Count - 1)) + node]
            + (own[8] + shared[8]) * TextTables.Bias;
        return Chance(tables.Logistic, sum / TextTables.WeightOne);
    }

    /// <summary>Which weights hold, by what has been seen before.</summary>
    /// <param name="seen">Bit by bit, whether keys 1 to 6 have a state.</param>
    /// <param name="atWordStart"><see cref="TextContext.AtWordStart"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SetOf(uint seen, bool atWordStart)
    {
        var longest = 32 - (uint)BitOperations.LeadingZeroCount(seen & 0xF);
        return (int)((longest * 8) + ((seen >> 2) & 4) + ((seen >> 4) & 2)) + (atWordStart ? 1 : 0);
    }

    /// <summary>1 for any state but 0, without a branch: only 0 has no negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Seen(int state) => (uint)-state >> 31;

    /// <param name="logistic"><see cref="TextTables.Logistic"/>.</param>
    /// <param name="logit">In 1/256 nat.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Chance(ReadOnlySpan<ushort> logistic, int logit) => logit >= 0
        ? logistic[Math.Min(logit, TextTables.MaxLogit)]
        : 65536 - logistic[Math.Min(-logit, TextTables.MaxLogit)];
}
