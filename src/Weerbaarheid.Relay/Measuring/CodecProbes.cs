using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>What the core does with one message: body, text, seal and the whole way there and back.</summary>
internal sealed class CodecProbes : IDisposable
{
    private const ulong Sequence = 4711;
    private const ushort Site = 11;

    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly byte[] _scratch = new byte[Envelope.MaxSize];
    private readonly byte[] _opened = new byte[Envelope.MaxSize];
    private readonly char[] _text = new char[MessageLimits.BulletinText];

    /// <summary>The probes, with the results of a check that everything comes back as it was.</summary>
    /// <exception cref="InvalidOperationException">It did not: a defect.</exception>
    public IReadOnlyList<Probe> All() => [.. Of("melding", SampleMessages.Melding), .. Of("status", SampleMessages.Status), .. Text()];

    /// <summary>Bytes of a message's envelope.</summary>
    public int EnvelopeSize(Message message) => Seal(message, _scratch);

    public void Dispose() => _keys.Dispose();

    private IEnumerable<Probe> Of(string name, Message message)
    {
        var header = EnvelopeHeader.For(message, _keys.Epoch, Site, Sequence);
        var body = _scratch[..MessageCodec.Encode(message, _scratch)];
        var envelope = _scratch[..Envelope.Seal(_keys, header, Sequence, body, _scratch)];
        Check(Open(envelope) == body.Length && _opened.AsSpan(0, body.Length).SequenceEqual(body), name);
        Check(MessageCodec.TryDecode(header, body, out var back, out _) && back == message, name);
        yield return new Probe($"{name} encode", count => { for (; count > 0; count--) MessageCodec.Encode(message, _scratch); });
        yield return new Probe($"{name} check", count => { for (; count > 0; count--) MessageCodec.TryValidate(header, body, out _); });
        yield return new Probe($"{name} decode", count => { for (; count > 0; count--) MessageCodec.TryDecode(header, body, out _, out _); });
        yield return new Probe($"{name} seal", count => { for (; count > 0; count--) Envelope.Seal(_keys, header, Sequence, body, _scratch); });
        yield return new Probe($"{name} open", count => { for (; count > 0; count--) Open(envelope); });
        yield return new Probe($"{name} encode and seal", count => { for (; count > 0; count--) Seal(message, _scratch); });
        yield return new Probe($"{name} open and decode", count => { for (; count > 0; count--) MessageCodec.TryDecode(header, _opened.AsSpan(0, Open(envelope)), out _, out _); });
    }

    private IEnumerable<Probe> Text()
    {
        var text = SampleMessages.Text;
        var coded = _scratch[..TextModel.Encode(text, _scratch)];
        Check(TextModel.TryDecode(coded, _text, out var length) && _text.AsSpan(0, length).SequenceEqual(text), "text");
        yield return new Probe("text encode", count => { for (; count > 0; count--) TextModel.Encode(text, _scratch); });
        yield return new Probe("text decode", count => { for (; count > 0; count--) TextModel.TryDecode(coded, _text, out _); });
    }

    private int Seal(Message message, Span<byte> destination)
    {
        Span<byte> body = stackalloc byte[MessageLimits.Body];
        var length = MessageCodec.Encode(message, body);
        return Envelope.Seal(_keys, EnvelopeHeader.For(message, _keys.Epoch, Site, Sequence), Sequence, body[..length], destination);
    }

    private int Open(ReadOnlySpan<byte> envelope) => Envelope.TryOpen(_keys, envelope, Sequence, _opened, out var length) == OpenOutcome.Opened ? length : -1;

    private static void Check(bool holds, string name)
    {
        if (!holds) throw new InvalidOperationException($"The {name} of the measurement does not come back as it was.");
    }
}
