using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Weerbaarheid.Relay.Tests.Broker;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>MQTT clients that want to hold a broker up, all at once; one that is dropped comes back at once.</summary>
internal sealed class HostileCrowd : IAsyncDisposable
{
    private static readonly TimeSpan Drip = TimeSpan.FromSeconds(1);

    /// <summary>How soon one sees that it was dropped.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The time after which a broker drops who is overdue.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, int> _open = new();
    private readonly List<Task> _members = [];
    private readonly int _port;
    private readonly int _size;
    private int _connected;
    private int _refused;

    /// <param name="port">Of the broker.</param>
    /// <param name="size">Clients, a fifth of each kind.</param>
    internal HostileCrowd(int port, int size)
    {
        (_port, _size) = (port, size);
        for (var i = 0; i < size; i++)
        {
            var number = i;
            _members.Add(Task.Run(() => LiveAsync(number)));
        }
    }

    /// <summary>Connections made so far, again and again by the same.</summary>
    internal int Connected => Volatile.Read(ref _connected);

    /// <summary>How often one was not let in, or was dropped.</summary>
    internal int Refused => Volatile.Read(ref _refused);

    /// <summary>Connections that stand at this moment: each is asked.</summary>
    internal int Holding => _open.Keys.Count(IsOpen);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_members);
        _stop.Dispose();
    }

    private async Task LiveAsync(int number)
    {
        // Not all at one moment: then all would be dropped at one moment.
        await Task.Delay(Spread * number / _size, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port), _stop.Token);
                Interlocked.Increment(ref _connected);
                _open[socket] = number;
                await AttackAsync(socket, number);
            }
            catch (SocketException)
            {
                // Dropped, as it should be, or not let in; then not at once again.
                await Task.Delay(Look, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
            }

            _open.TryRemove(socket, out _);
            if (_stop.IsCancellationRequested) return;
            Interlocked.Increment(ref _refused);
        }
    }

    private async Task AttackAsync(Socket socket, int number)
    {
        var connect = Raw.Connect($"kwaad{number}", version: 5);
        switch (number % 5)
        {
            case 0: await SendAsync(socket, connect[..(connect.Length / 2)]); break;
            case 1: await SendAsync(socket, number % 2 == 0 ? [0x10, 0xA0, 0x1F, 0, 4] : [.. connect, 0x32, 0xE0, 0xD4, 0x03, 0, 1]); break; // Announces 4,000 or 60,000 bytes.
            case 2: await DripAsync(socket, connect); break;
            case 3: await SendAsync(socket, connect); break; // Accepted, and silent.
            default: await SendAsync(socket, [.. connect, .. Raw.Packet(0x82, [0, 1, 0, 0, 1, (byte)'#', 0])]); break; // Subscribes to all and reads nothing.
        }

        // Until it is dropped; what the broker sends is not read.
        while (IsOpen(socket)) await Task.Delay(Look, _stop.Token);
    }

    private async Task DripAsync(Socket socket, byte[] bytes)
    {
        foreach (var one in bytes)
        {
            await SendAsync(socket, [one]);
            await Task.Delay(Drip, _stop.Token);
        }
    }

    private async Task SendAsync(Socket socket, byte[] bytes) => await socket.SendAsync(bytes, _stop.Token);

    private static bool IsOpen(Socket socket)
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectError) && (socket.Available > 0 || !socket.Poll(0, SelectMode.SelectRead));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false; // It ended while it was asked.
        }
    }
}
