using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>Huffman's tree (1952) over how often each symbol is used, so that the commonest take the fewest questions.</summary>
internal static class SymbolTree
{
    /// <returns>Two children of each node, parents before children (FORMAT.md §9.5).</returns>
    public static byte[] Build(ReadOnlySpan<long> counts)
    {
        var (left, right) = (new int[counts.Length - 1], new int[counts.Length - 1]);
        var open = new List<(long Count, int Id)>();
        for (var symbol = 0; symbol < counts.Length; symbol++) open.Add((counts[symbol] + 1, -1 - symbol));
        for (var node = 0; node < left.Length; node++)
        {
            var (first, second) = (TakeRarest(open), TakeRarest(open));
            (left[node], right[node]) = (first.Id, second.Id);
            open.Add((first.Count + second.Count, node));
        }

        return Numbered(left, right);
    }

    /// <summary>Ties go to the lowest id, so that the tree does not depend on the order of the list.</summary>
    private static (long Count, int Id) TakeRarest(List<(long Count, int Id)> open)
    {
        var rarest = open.Min();
        open.Remove(rarest);
        return rarest;
    }

    private static byte[] Numbered(int[] left, int[] right)
    {
        var tree = new List<byte>();
        var waiting = new Queue<int>([left.Length - 1]);
        for (var next = 1; waiting.TryDequeue(out var node);)
        {
            foreach (var child in new[] { left[node], right[node] })
            {
                tree.Add((byte)(child < 0 ? TextTree.Leaf - 1 - child : next++));
                if (child >= 0) waiting.Enqueue(child);
            }
        }

        return [.. tree];
    }
}
