using BenchmarkDotNet.Attributes;
using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>From a record to bytes in a buffer that is reused; texts as UTF-8, as the peers write them.</summary>
/// <typeparam name="T">The peers' form of the message.</typeparam>
/// <param name="message">Our form.</param>
/// <param name="peer">Theirs.</param>
[MemoryDiagnoser]
public abstract class EncodeBenchmark<T>(Message message, T peer)
    where T : class, IPeer<T>
{
    protected byte[] Body { get; } = new byte[MessageLimits.Body];
    private readonly PeerCodecs<T> _peers = new(peer);

    [GlobalSetup]
    public void Check() => Checks.Codecs(message, peer, _peers);

    [Benchmark(Description = Names.Relay)]
    public int Relay() => MessageCodec.EncodePlain(message, Body);

    [Benchmark(Description = Names.MessagePack, Baseline = true)]
    public int MessagePack() => _peers.MessagePack();

    [Benchmark(Description = Names.Nerdbank)]
    public int Nerdbank() => _peers.NerdbankMessagePack();

    [Benchmark(Description = Names.MemoryPack)]
    public int MemoryPack() => _peers.MemoryPack();

    [Benchmark(Description = Names.Protobuf)]
    public int Protobuf() => _peers.Protobuf();

    [Benchmark(Description = Names.Cbor)]
    public int Cbor() => _peers.Cbor();

    [Benchmark(Description = Names.Json)]
    public int Json() => _peers.Json();
}

public class EncodeMelding() : EncodeBenchmark<PeerMelding>(SampleMessages.Melding, Samples.PeerMelding)
{
    [Benchmark(Description = Names.WithText)]
    public int WithText() => MessageCodec.Encode(SampleMessages.Melding, Body);
}

public class EncodeStatus() : EncodeBenchmark<PeerStatus>(SampleMessages.Status, Samples.PeerStatus);
