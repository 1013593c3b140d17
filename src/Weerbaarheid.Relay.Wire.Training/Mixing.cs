using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>
/// Learns what each state means and how the inputs weigh, from the texts: every text is asked after its own counts were
/// taken out, as if it had never been seen. All in whole numbers, so that every machine learns the same.
/// </summary>
internal sealed class Mixing
{
    /// <summary>How fast each round learns, in 1/64; slower and slower, so that it comes to rest.</summary>
    private static readonly int[] Rates = [64, 32, 32, 16, 16, 8, 8, 4, 4, 2, 2, 1];

    /// <summary>Bits that weights have more here than in the resource.</summary>
    private const int Extra = 16;

    private readonly Tally _tally;
    private readonly bool[] _kept;
    private readonly long[] _weights;
    private readonly long[] _nodeWeights;
    private readonly long[] _evidence = new long[TextContext.Keys * TextTables.States];

    public Mixing(Tally tally, bool[] kept, int nodes)
    {
        (_tally, _kept) = (tally, kept);
        _weights = new long[TextTables.WeightSets * TextTables.Inputs];
        _nodeWeights = new long[nodes * TextTables.Inputs];
        for (var i = 0; i < _weights.Length; i++)
            if (i % TextTables.Inputs < TextTables.Inputs - 1) _weights[i] = (TextTables.WeightOne * 3L / 10) << Extra;
        Measure();
        foreach (var rate in Rates) ForEachUnseen(question => Learn(question, rate));
    }

    public short[] Weights => Rounded(_weights, Extra);

    public short[] NodeWeights => Rounded(_nodeWeights, Extra);

    public short[] Evidence => Rounded(_evidence, Extra);

    /// <summary>The first meaning of each state: how often the answer was 1.</summary>
    private void Measure()
    {
        var (ones, totals) = (new long[_evidence.Length], new long[_evidence.Length]);
        ForEachUnseen(question =>
        {
            for (var i = 0; i < TextContext.Keys; i++)
            {
                var at = i * TextTables.States + StateOf(question.Slots[i]);
                totals[at]++;
                ones[at] += question.Bit;
            }
        });
        for (var i = 0; i < _evidence.Length; i++)
            _evidence[i] = i % TextTables.States == 0 ? 0 : (long)Logistics.Logit(5 * ones[i] + 2, 5 * totals[i] + 4) << Extra;
    }

    private void Learn(Tally.Question question, int rate)
    {
        Span<int> states = stackalloc int[TextContext.Keys];
        var seen = 0u;
        for (var i = 0; i < TextContext.Keys; i++)
        {
            states[i] = StateOf(question.Slots[i]);
            if (i > 0) seen |= TextPrediction.Seen(states[i]) << (i - 1);
        }

        var own = _weights.AsSpan(TextPrediction.SetOf(seen, question.AtWordStart) * TextTables.Inputs, TextTables.Inputs);
        var shared = _nodeWeights.AsSpan(question.Node * TextTables.Inputs, TextTables.Inputs);
        Span<long> inputs = stackalloc long[TextTables.Inputs];
        for (var i = 0; i < TextContext.Keys; i++) inputs[i] = _evidence[i * TextTables.States + states[i]] >> Extra;
        inputs[TextContext.Keys] = AfterSymbol(question.Slots[TextContext.Keys]);
        inputs[TextContext.Keys + 1] = TextTables.Bias;
        long sum = 0;
        for (var i = 0; i < inputs.Length; i++) sum += ((own[i] + shared[i]) >> Extra) * inputs[i];
        var chance = TextPrediction.Chance(Logistics.Table, (int)(sum / TextTables.WeightOne));
        var error = (question.Bit << 16) - chance;
        for (var i = 0; i < inputs.Length; i++)
        {
            var weight = (own[i] + shared[i]) >> Extra;
            var change = error * inputs[i] * rate / 64;
            own[i] = Math.Clamp(own[i] + change, -(4L * TextTables.WeightOne << Extra), 4L * TextTables.WeightOne << Extra);
            shared[i] = Math.Clamp(shared[i] + change / 4, -(3L * TextTables.WeightOne << Extra), 3L * TextTables.WeightOne << Extra);
            if (i < TextContext.Keys && states[i] != 0)
            {
                ref var evidence = ref _evidence[i * TextTables.States + states[i]];
                evidence = Math.Clamp(evidence + error * weight * rate / 4096, -((long)TextTables.MaxLogit << Extra), (long)TextTables.MaxLogit << Extra);
            }
        }
    }

    /// <summary>Logit of what was counted after one symbol; a question never seen there is even.</summary>
    private int AfterSymbol(int slot) => Logistics.Logit(2 * _tally.Ones[slot] + 1, 2L * (_tally.Ones[slot] + _tally.Zeros[slot]) + 2);

    private int StateOf(int slot) => _kept[slot] ? Training.Evidence.StateOf(_tally.Zeros[slot], _tally.Ones[slot]) : 0;

    private void ForEachUnseen(Action<Tally.Question> ask)
    {
        var start = 0;
        foreach (var end in _tally.Ends)
        {
            for (var i = start; i < end; i++) Count(_tally.Questions[i], -Tally.TextWeight);
            for (var i = start; i < end; i++) ask(_tally.Questions[i]);
            for (var i = start; i < end; i++) Count(_tally.Questions[i], Tally.TextWeight);
            start = end;
        }
    }

    private void Count(Tally.Question question, int weight)
    {
        var counts = question.Bit == 0 ? _tally.Zeros : _tally.Ones;
        foreach (var slot in question.Slots) counts[slot] += weight;
    }

    private static short[] Rounded(long[] values, int bits) => [.. values.Select(value => (short)Math.Clamp((value + (1L << (bits - 1))) >> bits, short.MinValue, short.MaxValue))];
}
