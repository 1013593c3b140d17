using BenchmarkDotNet.Attributes;
using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>
/// From bytes to a record; ours also to a view over the bytes, everything checked, for relays that only forward. Texts are UTF-8, as the
/// peers write them, unless the name says that the text model wrote them.
/// </summary>
/// <typeparam name="T">The peers' form of the message.</typeparam>
/// <param name="message">Our form.</param>
/// <param name="peer">Theirs.</param>
[MemoryDiagnoser]
public abstract class DecodeBenchmark<T>(Message message, T peer)
    where T : class, IPeer<T>
{
    public const string View = Names.Relay + " (view)";

    protected MessageHead Head { get; } = EnvelopeHeader.For(message, 0, Samples.Site, Samples.Sequence);

    private readonly PeerCodecs<T> _peers = new(peer);
    private readonly Dictionary<string, byte[]> _bytes = [];
    private byte[] _body = [], _messagePack = [], _nerdbank = [], _memoryPack = [], _protobuf = [], _cbor = [], _json = [];

    [GlobalSetup]
    public void MakeInputs()
    {
        Checks.Codecs(message, peer, _peers);
        _body = Checks.PlainBody(message);
        foreach (var (name, write, _) in _peers.All()) _bytes[name] = _peers.Written(name, write());
        (_messagePack, _nerdbank, _memoryPack) = (_bytes[Names.MessagePack], _bytes[Names.Nerdbank], _bytes[Names.MemoryPack]);
        (_protobuf, _cbor, _json) = (_bytes[Names.Protobuf], _bytes[Names.Cbor], _bytes[Names.Json]);
    }

    [Benchmark(Description = View)]
    public bool RelayView() => MessageCodec.TryValidate(Head, _body, out _);

    [Benchmark(Description = Names.Relay)]
    public Message? Relay() => MessageCodec.TryDecode(Head, _body, out var decoded, out _) ? decoded : null;

    [Benchmark(Description = Names.MessagePack, Baseline = true)]
    public T MessagePack() => _peers.ReadMessagePack(_messagePack);

    [Benchmark(Description = Names.Nerdbank)]
    public T Nerdbank() => _peers.ReadNerdbank(_nerdbank);

    [Benchmark(Description = Names.MemoryPack)]
    public T MemoryPack() => _peers.ReadMemoryPack(_memoryPack);

    [Benchmark(Description = Names.Protobuf)]
    public T Protobuf() => _peers.ReadProtobuf(_protobuf);

    [Benchmark(Description = Names.Cbor)]
    public T Cbor() => _peers.ReadCbor(_cbor);

    [Benchmark(Description = Names.Json)]
    public T Json() => _peers.ReadJson(_json);
}

public class DecodeMelding() : DecodeBenchmark<PeerMelding>(SampleMessages.Melding, Samples.PeerMelding)
{
    public const string ViewWithText = View + ", text model";

    private readonly byte[] _coded = Checks.Body(SampleMessages.Melding);

    [Benchmark(Description = ViewWithText)]
    public bool CodedView() => MessageCodec.TryValidate(Head, _coded, out _);

    [Benchmark(Description = Names.WithText)]
    public Message? Coded() => MessageCodec.TryDecode(Head, _coded, out var decoded, out _) ? decoded : null;
}

public class DecodeStatus() : DecodeBenchmark<PeerStatus>(SampleMessages.Status, Samples.PeerStatus);
