using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>
/// A client made of one socket, which keeps a given number of QoS 1 publishes in flight: faster than a client library, and it knows
/// exactly what was acknowledged when its connection breaks.
/// </summary>
internal sealed class PipelinedPublisher : IDisposable
{
    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly bool _version5;
    private readonly List<Answer> _answers = [];
    private Stream _stream = Stream.Null;

    private PipelinedPublisher(bool version5) => _version5 = version5;

    /// <summary>What the broker said about one publish.</summary>
    /// <param name="Reason">MQTT 5 reason code; 0 over 3.1.1.</param>
    /// <param name="Sentence">MQTT 5 reason string.</param>
    /// <param name="Id">The user property <c>id</c>.</param>
    internal readonly record struct Answer(byte Reason, string? Sentence, string? Id);

    /// <summary>The answers so far, in the order of the publishes.</summary>
    internal int Answered
    {
        get { lock (_answers) return _answers.Count; }
    }

    internal static async Task<PipelinedPublisher> ConnectAsync(int port, bool version5 = true)
    {
        var publisher = new PipelinedPublisher(version5);
        await publisher._socket.ConnectAsync(IPAddress.Loopback, port);
        publisher._stream = publisher._socket.GetStream();
        await publisher._stream.WriteAsync(Connect(version5));
        var (type, body) = await publisher.ReadPacketAsync();
        Assert.True(type == 0x20 && body[1] == 0, $"CONNACK expected, got {type:x2} {Convert.ToHexString(body)}");
        return publisher;
    }

    /// <summary>Publishes all of it; ends when all is answered, or when the connection breaks.</summary>
    /// <returns>The answers to this call's publishes, in order; fewer than payloads when the connection broke.</returns>
    internal async Task<IReadOnlyList<Answer>> PublishAsync(string topic, IReadOnlyList<byte[]> payloads, int inFlight)
    {
        lock (_answers) _answers.Clear();
        using var window = new SemaphoreSlim(inFlight);
        using var broken = new CancellationTokenSource();
        var receiving = ReceiveAsync(payloads.Count, window, broken);
        try
        {
            await SendAsync(topic, payloads, window, broken.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The receiver sees the same, and knows what was answered before it.
        }

        await receiving;
        lock (_answers) return [.. _answers];
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(string topic, IReadOnlyList<byte[]> payloads, SemaphoreSlim window, CancellationToken broken)
    {
        using var packets = new MemoryStream();
        for (var i = 0; i < payloads.Count; i++)
        {
            if (!window.Wait(0, CancellationToken.None))
            {
                await FlushAsync(packets);
                await window.WaitAsync(broken);
            }

            WritePublish(packets, topic, payloads[i], PacketId(i));
            if (packets.Length > 32_768) await FlushAsync(packets);
        }

        await FlushAsync(packets);
    }

    private async Task FlushAsync(MemoryStream packets)
    {
        await _stream.WriteAsync(packets.GetBuffer().AsMemory(0, (int)packets.Length));
        packets.SetLength(0);
    }

    private async Task ReceiveAsync(int count, SemaphoreSlim window, CancellationTokenSource broken)
    {
        var reader = new BufferedStream(_stream, 65_536);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var (type, body) = await ReadPacketAsync(reader);
                if (type != 0x40) throw new IOException($"Packet {type:x2} instead of a PUBACK.");
                Assert.Equal(PacketId(i), BinaryPrimitives.ReadUInt16BigEndian(body));
                lock (_answers) _answers.Add(ReadAnswer(body));
                window.Release();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await broken.CancelAsync();
        }
    }

    private static ushort PacketId(int i) => (ushort)((i % ushort.MaxValue) + 1);

    /// <summary>Identifier, then over MQTT 5 and only when there is something to tell: reason, properties (MQTT 5 §3.4).</summary>
    private static Answer ReadAnswer(byte[] body)
    {
        if (body.Length <= 3) return new Answer(body.Length == 3 ? body[2] : (byte)0, null, null);
        string? sentence = null, id = null;
        var at = 4; // The properties here are shorter than 128 bytes or their length has a second byte.
        if (body[3] >= 0x80) at++;
        while (at < body.Length)
        {
            var kind = body[at++];
            if (kind == 0x1F) sentence = ReadText(body, ref at);
            else if (kind == 0x26 && ReadText(body, ref at) == "id") id = ReadText(body, ref at);
            else throw new IOException($"Property {kind:x2} in a PUBACK.");
        }

        return new Answer(body[2], sentence, id);
    }

    private static string ReadText(byte[] body, ref int at)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        at += 2 + length;
        return Encoding.UTF8.GetString(body, at - length, length);
    }

    private Task<(byte Type, byte[] Body)> ReadPacketAsync() => ReadPacketAsync(_stream);

    private static async Task<(byte Type, byte[] Body)> ReadPacketAsync(Stream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one);
        var type = one[0];
        var (length, shift) = (0, 0);
        do
        {
            await stream.ReadExactlyAsync(one);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while ((one[0] & 0x80) != 0 && shift < 28);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return (type, body);
    }

    private void WritePublish(MemoryStream packets, string topic, byte[] payload, ushort id)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        packets.WriteByte(0x32);
        WriteLength(packets, 2 + name.Length + 2 + (_version5 ? 1 : 0) + payload.Length);
        packets.Write([(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(id >> 8), (byte)id]);
        if (_version5) packets.WriteByte(0);
        packets.Write(payload);
    }

    private static void WriteLength(MemoryStream packets, int length)
    {
        for (; length >= 0x80; length >>= 7) packets.WriteByte((byte)(length | 0x80));
        packets.WriteByte((byte)length);
    }

    private static byte[] Connect(bool version5)
    {
        var client = Encoding.ASCII.GetBytes("p" + Guid.NewGuid().ToString("N"));
        byte[] body = [0, 4, .. "MQTT"u8, (byte)(version5 ? 5 : 4), 2, 0, 0, .. version5 ? new byte[] { 0 } : [], 0, (byte)client.Length, .. client];
        return [0x10, (byte)body.Length, .. body];
    }
}
