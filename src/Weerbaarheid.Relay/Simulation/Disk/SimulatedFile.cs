using System.Numerics;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>What a file of a simulated disk holds, as every program sees it.</summary>
internal sealed class SimulatedFile
{
    private byte[] _bytes = [];

    /// <summary>Its length in bytes.</summary>
    public int Size { get; private set; }

    /// <summary>The bytes that it holds.</summary>
    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, Size);

    /// <summary>What the platter has, once it may differ for ever: a sync failed and the system forgot what it owed.</summary>
    public Platter? Platter { get; set; }

    /// <summary>The handle that may write; nobody else may even read while it is exclusive.</summary>
    public object? Writer { get; set; }

    /// <summary>Whether <see cref="Writer"/> wants it for itself.</summary>
    public bool Exclusive { get; set; }

    public void Replace(ReadOnlySpan<byte> content) => content.CopyTo(Overwrite(content.Length));

    /// <summary>Gives it a length, and room in which all of it must be written anew.</summary>
    public Span<byte> Overwrite(int size)
    {
        if (size > _bytes.Length) _bytes = new byte[BitOperations.RoundUpToPowerOf2((uint)size)];
        Size = size;
        return _bytes.AsSpan(0, size);
    }

    /// <summary>Writes; a hole before it reads as zeroes.</summary>
    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        if (at + bytes.Length > Size) Resize(at + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(at));
    }

    /// <summary>Cuts off, or makes longer with zeroes.</summary>
    public void Resize(int size)
    {
        if (size > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(4096, BitOperations.RoundUpToPowerOf2((uint)size)));
        if (size > Size) _bytes.AsSpan(Size, size - Size).Clear();
        Size = size;
    }
}
