namespace Weerbaarheid.Relay.Wire.Text;

/// <summary>The binary tree that turns a symbol into yes-or-no questions: common symbols need few.</summary>
internal static class TextTree
{
    /// <summary>From here on a child is a symbol.</summary>
    public const int Leaf = 128;

    /// <summary>The way to every symbol, first step in the lowest bit, and its length.</summary>
    public static (uint[] Code, byte[] Length) Codes(ReadOnlySpan<byte> tree, int symbols)
    {
        var (code, length) = (new uint[symbols], new byte[symbols]);
        var (way, steps) = (new uint[symbols], new byte[symbols]);

        // A node stands after its parent, so one pass down the list meets parents first.
        for (var node = 0; node < symbols - 1; node++)
        {
            for (var bit = 0; bit < 2; bit++)
            {
                var child = tree[2 * node + bit];
                var (ways, lengths, at) = child < Leaf ? (way, steps, child) : (code, length, child - Leaf);
                ways[at] = way[node] | ((uint)bit << steps[node]);
                lengths[at] = (byte)(steps[node] + 1);
            }
        }

        return (code, length);
    }
}
