using MessagePack;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>The same melding as MessagePack-CSharp would carry it, with keys by position: the peer.</summary>
[MessagePackObject]
public sealed record PeerMelding
{
    [Key(0)] public long SentAt { get; init; }

    [Key(1)] public byte Category { get; init; }

    [Key(2)] public string? Postcode { get; init; }

    [Key(3)] public int Number { get; init; }

    [Key(4)] public int? Victims { get; init; }

    [Key(5)] public string? Text { get; init; }
}
