using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>A blocking connection to a broker, and the bytes of it that were not taken yet.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = (int)Patience.TotalMilliseconds,
        SendTimeout = (int)Patience.TotalMilliseconds,
    };

    private readonly byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;

    public Wire(int port, string client, bool clean = true)
    {
        _socket.Connect(IPAddress.Loopback, port);
        Send(Packets.Connect(client, clean));
        Expect(Packets.ConnAck, answer => answer[3] == 0);
    }

    /// <summary>Bytes that came and were not taken.</summary>
    public ReadOnlySpan<byte> Waiting => _buffer.AsSpan(_start, _end - _start);

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    public void Subscribe(string filter)
    {
        Send(Packets.Subscribe(filter));
        Expect(Packets.SubAck, answer => answer[^1] <= 2);
    }

    public void Take(int bytes) => _start += bytes;

    /// <summary>Waits for more bytes.</summary>
    /// <exception cref="IOException">The broker closed the connection.</exception>
    public void Receive()
    {
        if (_start > 0)
        {
            Waiting.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = _socket.Receive(_buffer.AsSpan(_end));
        if (read == 0) throw new IOException("The broker closed the connection.");
        _end += read;
    }

    public void Dispose() => _socket.Dispose();

    private void Expect(byte type, Predicate<byte[]> isGood)
    {
        int size;
        while (!Packets.TryRead(Waiting, out _, out size)) Receive();
        var answer = Waiting[..size].ToArray();
        Take(size);
        if (answer[0] != type || !isGood(answer)) throw new IOException($"The broker answered {Convert.ToHexString(answer)}.");
    }
}
