using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A broker of a few lines on 127.0.0.1 that misbehaves as a test tells it.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Socket, byte[], Task<bool>> _answer;
    private readonly Task _accepting;

    /// <param name="answer">Gets each packet, fixed header included; false closes the connection.</param>
    internal ScriptedBroker(Func<Socket, byte[], Task<bool>> answer)
    {
        _answer = answer;
        _listener.Start();
        Uri = new Uri($"mqtt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    internal Uri Uri { get; }

    /// <summary>The protocol level in a CONNECT packet: 4 is 3.1.1, 5 is 5 (MQTT 5 §3.1.2.2).</summary>
    internal static int Level(byte[] connect) => connect[1 + LengthBytes(connect) + 6];

    /// <summary>What any packet but CONNECT and PUBLISH needs under 3.1.1: SUBACK, PINGRESP; PUBLISH gets its PUBACK.</summary>
    internal static async Task<bool> AnswerPolitelyAsync(Socket socket, byte[] packet)
    {
        var start = 1 + LengthBytes(packet);
        var answer = (packet[0] >> 4) switch
        {
            1 => [0x20, 2, 0, 0],
            3 => Acknowledge(packet, start),
            8 => [0x90, 4, packet[start], packet[start + 1], 1, 1],
            12 => [0xD0, 0],
            _ => Array.Empty<byte>(),
        };
        if (answer.Length > 0)
            await socket.SendAsync(answer);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private static byte[] Acknowledge(byte[] publish, int start)
    {
        var id = start + 2 + ((publish[start] << 8) | publish[start + 1]);
        return [0x40, 2, publish[id], publish[id + 1]];
    }

    private static int LengthBytes(byte[] packet)
    {
        var count = 1;
        while ((packet[count] & 0x80) != 0)
            count++;
        return count;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await _answer(socket, await ReadPacketAsync(owned)))
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The client went, or the test ended.
        }
    }

    private async Task<byte[]> ReadPacketAsync(Stream stream)
    {
        var packet = new List<byte>();
        var one = new byte[1];
        int length = 0, shift = 0;
        do
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            packet.Add(one[0]);
            if (packet.Count > 1)
            {
                length |= (one[0] & 0x7F) << shift;
                shift += 7;
            }
        }
        while (packet.Count == 1 || (one[0] & 0x80) != 0);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return [.. packet, .. body];
    }
}
