using System.Buffers;
using BenchmarkDotNet.Attributes;
using MessagePack;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>A melding with an address and 63 characters of Dutch: to its body and back, sealed and opened, against MessagePack-CSharp.</summary>
[MemoryDiagnoser]
public class MeldingBenchmark
{
    private const ulong Sequence = 4711;

    private static readonly Melding Message = new()
    {
        Priority = 1,
        Exercise = Exercise.Test,
        SentAt = new Moment(28_000_000, true),
        Category = 3,
        Victims = 1,
        Location = new AddressLocation("9351AB", 12, null),
        Text = "Oudere man niet aanspreekbaar in hal sporthal, hulp onderweg ja",
    };

    private static readonly PeerMelding Peer = new()
    {
        SentAt = 28_000_000,
        Category = 3,
        Postcode = "9351AB",
        Number = 12,
        Victims = 1,
        Text = Message.Text,
    };

    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly byte[] _body = new byte[MessageLimits.Body];
    private readonly byte[] _envelope = new byte[Envelope.MaxSize];
    private readonly byte[] _opened = new byte[Envelope.MaxSize];
    private readonly ArrayBufferWriter<byte> _peerBuffer = new(512);
    private readonly EnvelopeHeader _header = new(
        0, SealMode.Sealed, MessageType.Melding, Message.Priority, Message.Exercise, 11, Wire.Sealing.Sequence.Low(Sequence), 0);

    private byte[] _peerBytes = [];
    private int _bodyLength;
    private int _envelopeLength;

    [GlobalSetup]
    public void MakeInputs()
    {
        _bodyLength = Encode();
        _envelopeLength = Seal();
        _peerBytes = MessagePackSerializer.Serialize(Peer);
        if (Decode() is not Melding melding || melding != Message) throw new InvalidOperationException("The melding does not come back as it was.");
        if (Open() != _bodyLength || !_opened.AsSpan(0, _bodyLength).SequenceEqual(_body.AsSpan(0, _bodyLength)))
            throw new InvalidOperationException("The sealed body does not come back as it was.");
        if (PeerDecode() != Peer) throw new InvalidOperationException("The peer's melding does not come back as it was.");
        Console.WriteLine($"// melding: body {_bodyLength} bytes, envelope {_envelopeLength}; peer {_peerBytes.Length}");
    }

    [GlobalCleanup]
    public void Clean() => _keys.Dispose();

    [Benchmark]
    public int Encode() => MessageCodec.Encode(Message, _body);

    [Benchmark]
    public Message? Decode() => MessageCodec.TryDecode(_header, _body.AsSpan(0, _bodyLength), out var message, out _) ? message : null;

    [Benchmark]
    public int Seal() => Envelope.Seal(_keys, _header, Sequence, _body.AsSpan(0, _bodyLength), _envelope);

    [Benchmark]
    public int Open() =>
        Envelope.TryOpen(_keys, _envelope.AsSpan(0, _envelopeLength), Sequence, _opened, out var length) == OpenOutcome.Opened ? length : -1;

    /// <summary>MessagePack-CSharp into a buffer that is reused.</summary>
    [Benchmark(Baseline = true)]
    public int PeerEncode()
    {
        _peerBuffer.ResetWrittenCount();
        MessagePackSerializer.Serialize(_peerBuffer, Peer);
        return _peerBuffer.WrittenCount;
    }

    [Benchmark]
    public PeerMelding PeerDecode() => MessagePackSerializer.Deserialize<PeerMelding>(_peerBytes);
}
