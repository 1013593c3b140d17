using System.Buffers;
using System.Formats.Cbor;
using System.Text.Json;
using Google.Protobuf;
using MemoryPack;
using CSharp = MessagePack.MessagePackSerializer;
using NerdbankSerializer = Nerdbank.MessagePack.MessagePackSerializer;

namespace Weerbaarheid.Relay.Benchmarks.Peers;

/// <summary>Every peer at its best for this use: buffers and writers are reused, nothing is copied out.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="message">What is written.</param>
public sealed class PeerCodecs<T>(T message)
    where T : IPeer<T>
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly byte[] _bytes = new byte[512];
    private readonly NerdbankSerializer _nerdbank = new();
    private readonly CborWriter _cbor = new(CborConformanceMode.Lax);
    private readonly IMessage _protobuf = message.ToProtobuf();
    private Utf8JsonWriter? _json;

    /// <summary>The names and the writers, for sizes and checks.</summary>
    public IEnumerable<(string Name, Func<int> Write, Func<byte[], T> Read)> All() =>
    [
        (Names.MessagePack, MessagePack, ReadMessagePack), (Names.Nerdbank, NerdbankMessagePack, ReadNerdbank),
        (Names.MemoryPack, MemoryPack, ReadMemoryPack), (Names.Protobuf, Protobuf, ReadProtobuf), (Names.Cbor, Cbor, ReadCbor), (Names.Json, Json, ReadJson),
    ];

    /// <summary>What was written last, by the named peer.</summary>
    public byte[] Written(string name, int length) => name is Names.Protobuf or Names.Cbor ? _bytes[..length] : _buffer.WrittenSpan.ToArray();

    public int MessagePack()
    {
        _buffer.ResetWrittenCount();
        CSharp.Serialize(_buffer, message);
        return _buffer.WrittenCount;
    }

    public int NerdbankMessagePack()
    {
        _buffer.ResetWrittenCount();
        _nerdbank.Serialize(_buffer, message);
        return _buffer.WrittenCount;
    }

    public int MemoryPack()
    {
        _buffer.ResetWrittenCount();
        MemoryPackSerializer.Serialize(_buffer, message);
        return _buffer.WrittenCount;
    }

    /// <summary>The message is already in the form that was generated, so only writing is counted.</summary>
    public int Protobuf()
    {
        var size = _protobuf.CalculateSize();
        _protobuf.WriteTo(_bytes.AsSpan(0, size));
        return size;
    }

    public int Cbor()
    {
        _cbor.Reset();
        message.WriteCbor(_cbor);
        return _cbor.TryEncode(_bytes, out var length) ? length : -1;
    }

    public int Json()
    {
        _buffer.ResetWrittenCount();
        _json ??= new Utf8JsonWriter(_buffer);
        _json.Reset(_buffer);
        JsonSerializer.Serialize(_json, message, T.Json);
        return _buffer.WrittenCount;
    }

    public T ReadMessagePack(byte[] bytes) => CSharp.Deserialize<T>(bytes);

    public T ReadNerdbank(byte[] bytes) => _nerdbank.Deserialize<T>(bytes)!;

    public T ReadMemoryPack(byte[] bytes) => MemoryPackSerializer.Deserialize<T>(bytes)!;

    public T ReadProtobuf(byte[] bytes) => T.FromProtobuf(bytes);

    public T ReadCbor(byte[] bytes) => T.ReadCbor(new CborReader(bytes));

    public T ReadJson(byte[] bytes) => JsonSerializer.Deserialize(bytes, T.Json)!;
}

/// <summary>As they stand in tables and charts.</summary>
public static class Names
{
    public const string Relay = "Weerbaarheid.Relay";
    public const string WithText = Relay + ", text model";
    public const string MessagePack = "MessagePack-CSharp";
    public const string Nerdbank = "Nerdbank.MessagePack";
    public const string MemoryPack = "MemoryPack";
    public const string Protobuf = "Google.Protobuf";
    public const string Cbor = "System.Formats.Cbor";
    public const string Json = "System.Text.Json";
}
