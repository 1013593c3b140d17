using System.Buffers;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MessagePack;
using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>
/// What protection costs, against one bare call of the cipher on as many bytes; and the whole way there and back. Texts are UTF-8 unless
/// the name says that the text model is in it.
/// </summary>
/// <typeparam name="T">The peers' form of the message.</typeparam>
/// <param name="message">Our form.</param>
/// <param name="peer">Theirs.</param>
[MemoryDiagnoser]
public abstract class ProtectionBenchmark<T>(Message message, T peer) : IDisposable
    where T : class, IPeer<T>
{
    public const string Bare = "AES-CCM alone, as many bytes";
    public const string EncodeSeal = "encode + seal";
    public const string EncodeSealWithText = "encode + seal, text model";
    public const string OpenDecode = "open + decode";
    public const string PeerSeal = "MessagePack-CSharp + AES-GCM";

    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly EnvelopeHeader _header = EnvelopeHeader.For(message, 0, Samples.Site, Samples.Sequence);
    private readonly AesCcm _ccm = new(new byte[KeyRing.KeySize]);
    private readonly AesGcm _gcm = new(new byte[KeyRing.KeySize], 16);
    private readonly byte[] _nonce = new byte[13];
    private readonly byte[] _gcmNonce = new byte[12];
    private readonly byte[] _associated = new byte[16];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _room = new byte[MessageLimits.Body];
    private readonly byte[] _out = new byte[Envelope.MaxSize];
    private readonly byte[] _opened = new byte[Envelope.MaxSize];
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private byte[] _body = [], _envelope = [];

    [GlobalSetup]
    public void MakeInputs()
    {
        _body = Checks.PlainBody(message);
        _envelope = _out[..EncodeAndSeal()];
        Checks.That(OpenAndDecode() == message, "open + decode");
        Checks.That(Open() == _body.Length && _opened.AsSpan(0, _body.Length).SequenceEqual(_body), "open");
        Checks.That(Seal() == _envelope.Length && _out.AsSpan(0, _envelope.Length).SequenceEqual(_envelope), "seal");
        _header.Write(_associated);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _keys.Dispose();
        _ccm.Dispose();
        _gcm.Dispose();
    }

    /// <summary>The same cipher, tag, nonce and associated data as an envelope, with a reused instance.</summary>
    [Benchmark(Description = Bare, Baseline = true)]
    public void BareCipher() => _ccm.Encrypt(_nonce, _body, _out.AsSpan(0, _body.Length), _tag.AsSpan(0, Envelope.TagSize), _associated.AsSpan(0, _header.Length));

    [Benchmark(Description = "seal")]
    public int Seal() => Envelope.Seal(_keys, _header, Samples.Sequence, _body, _out);

    [Benchmark(Description = "open")]
    public int Open() => Envelope.TryOpen(_keys, _envelope, Samples.Sequence, _opened, out var length) == OpenOutcome.Opened ? length : -1;

    [Benchmark(Description = EncodeSeal)]
    public int EncodeAndSeal()
    {
        var length = MessageCodec.EncodePlain(message, _room);
        return Envelope.Seal(_keys, _header, Samples.Sequence, _room.AsSpan(0, length), _out);
    }

    [Benchmark(Description = EncodeSealWithText)]
    public int EncodeAndSealWithText()
    {
        var length = MessageCodec.Encode(message, _room);
        return Envelope.Seal(_keys, _header, Samples.Sequence, _room.AsSpan(0, length), _out);
    }

    [Benchmark(Description = OpenDecode)]
    public Message? OpenAndDecode() => MessageCodec.TryDecode(_header, _opened.AsSpan(0, Open()), out var decoded, out _) ? decoded : null;

    [Benchmark(Description = PeerSeal)]
    public int PeerEncodeAndSeal()
    {
        _buffer.ResetWrittenCount();
        MessagePackSerializer.Serialize(_buffer, peer);
        _gcm.Encrypt(_gcmNonce, _buffer.WrittenSpan, _out.AsSpan(0, _buffer.WrittenCount), _tag);
        return _buffer.WrittenCount;
    }
}

public class ProtectMelding() : ProtectionBenchmark<PeerMelding>(SampleMessages.Melding, Samples.PeerMelding);

public class ProtectStatus() : ProtectionBenchmark<PeerStatus>(SampleMessages.Status, Samples.PeerStatus);
