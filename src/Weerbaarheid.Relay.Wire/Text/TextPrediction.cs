using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>The chance of a 1 at a node of the tree, mixed from what every key says (FORMAT.md §9.4).</summary>
internal static class TextPrediction
{
    /// <returns>Of 65536; 1 to 65535.</returns>
    public static int One(TextTables tables, in TextContext context, int node)
    {
        var nodes = tables.Symbols.Count - 1;
        var states = new StateSet();
        for (var i = 0; i < TextContext.Keys; i++) states[i] = (byte)tables.StateOf(context.Key(i), node);
        var own = tables.Weights.AsSpan(SetOf(states, context.AtWordStart) * TextTables.Inputs, TextTables.Inputs);
        var shared = tables.NodeWeights.AsSpan(node * TextTables.Inputs, TextTables.Inputs);
        var evidence = tables.Evidence.AsSpan(0, TextContext.Keys * TextTables.States);
        var sum = (own[TextContext.Keys] + shared[TextContext.Keys]) * tables.AfterSymbol[context.Previous * nodes + node]
            + (own[TextContext.Keys + 1] + shared[TextContext.Keys + 1]) * TextTables.Bias;
        for (var i = 0; i < TextContext.Keys; i++) sum += (own[i] + shared[i]) * evidence[i * TextTables.States + states[i]];
        return Chance(tables.Logistic, sum / TextTables.WeightOne);
    }

    /// <summary>Which weights hold, by what has been seen before.</summary>
    public static int SetOf(in StateSet states, bool atWordStart)
    {
        var longest = states[4] != 0 ? 4 : states[3] != 0 ? 3 : states[2] != 0 ? 2 : states[1] != 0 ? 1 : 0;
        return (((longest * 2) + (states[5] != 0 ? 1 : 0)) * 2 + (states[6] != 0 ? 1 : 0)) * 2 + (atWordStart ? 1 : 0);
    }

    /// <param name="logistic"><see cref="TextTables.Logistic"/>.</param>
    /// <param name="logit">In 1/256 nat.</param>
    public static int Chance(ReadOnlySpan<ushort> logistic, int logit) => logit >= 0
        ? logistic[Math.Min(logit, TextTables.MaxLogit)]
        : 65536 - logistic[Math.Min(-logit, TextTables.MaxLogit)];

    [InlineArray(TextContext.Keys)]
    public struct StateSet
    {
        private byte _first;
    }
}
