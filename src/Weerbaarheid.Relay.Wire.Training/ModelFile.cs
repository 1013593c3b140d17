using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>Layout: FORMAT.md §9.5; every number little endian.</summary>
internal static class ModelFile
{
    public static byte[] Write(ushort[] symbols, byte[] tree, short[] afterSymbol, Mixing mixing, ulong[] buckets)
    {
        using var bytes = new MemoryStream();
        using var file = new BinaryWriter(bytes);
        file.Write(TextTables.Magic);
        file.Write((uint)symbols.Length);
        foreach (var symbol in symbols) file.Write(symbol);
        file.Write(tree);
        foreach (var chance in Logistics.Table) file.Write(chance);
        foreach (var logit in afterSymbol) file.Write(logit);
        foreach (var logit in mixing.Evidence) file.Write(logit);
        foreach (var weight in mixing.Weights) file.Write(weight);
        foreach (var weight in mixing.NodeWeights) file.Write(weight);
        file.Write((uint)buckets.Length);
        foreach (var bucket in buckets) file.Write(bucket);
        file.Flush();
        return bytes.ToArray();
    }
}
