namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>One decoder of bytes that somebody else chose, and what must hold whatever they are.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Take">Takes any bytes and throws only when something is wrong with the decoder; tells whether it accepted them.</param>
/// <param name="Make">Makes valid inputs, which are what is mutated.</param>
public sealed record FuzzTarget(string Name, FuzzTarget.Harness Take, Func<IReadOnlyList<byte[]>> Make)
{
    private readonly Lazy<IReadOnlyList<byte[]>> _corpus = new(Make);

    /// <summary>Takes any bytes; true when the decoder accepted them. Must be safe on several threads.</summary>
    public delegate bool Harness(ReadOnlySpan<byte> input);

    /// <summary>Valid inputs.</summary>
    public IReadOnlyList<byte[]> Corpus => _corpus.Value;

    /// <summary>Pieces that the decoder gives a meaning; they are put in anywhere.</summary>
    public IReadOnlyList<byte[]> Words { get; init; } = [];

    /// <summary>How much of all inputs it gets, compared with the others: decoders that strangers reach, and fast ones, get more.</summary>
    public int Share { get; init; } = 10;

    /// <summary>Most bytes of an input.</summary>
    public int Longest { get; init; } = 2_048;

    /// <summary>Most bytes that one input may make the decoder, and the checks of the harness, allocate.</summary>
    public long MostAllocated { get; init; } = 1 << 20;
}
