using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Demo;

/// <summary>A TCP path on 127.0.0.1 that can be cut, or filled with a black hole: the network of the demonstration and of tests.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource _flows = Opened();
    private volatile bool _cut;
    private int _accepted;

    internal CuttableProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    internal int Port { get; }

    /// <summary>Connections taken so far, those refused by a cut included.</summary>
    internal int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Resets every connection, and every new one at once.</summary>
    internal void Cut()
    {
        _cut = true;
        lock (_lock)
        {
            foreach (var socket in _open)
                Reset(socket);
            _open.Clear();
        }
    }

    /// <summary>Keeps connections open and takes new ones, but forwards nothing.</summary>
    internal void Stall()
    {
        if (_flows.Task.IsCompleted)
            _flows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends <see cref="Cut"/> and <see cref="Stall"/>; what was held back is forwarded.</summary>
    internal void Restore()
    {
        _cut = false;
        _flows.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                if (_cut)
                    Reset(near);
                else
                    _ = CarryAsync(near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_lock)
        {
            _open.Add(near);
            _open.Add(far);
        }

        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The far side is not there, or the path was cut.
        }

        lock (_lock)
        {
            _open.Remove(near);
            _open.Remove(far);
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                await _flows.Task.WaitAsync(_stop.Token);
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side ended; so does the pair.
        }
    }
}
