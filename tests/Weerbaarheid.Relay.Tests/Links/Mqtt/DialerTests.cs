using System.Net;
using System.Net.Sockets;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class DialerTests : IDisposable
{
    private static readonly IPAddress Silent = IPAddress.Parse("127.0.0.2");
    private readonly List<Socket> _sockets = [];

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    [Fact]
    public async Task An_address_that_swallows_everything_does_not_hold_up_the_next()
    {
        var port = Listen(IPAddress.Loopback, 0, backlog: 10);
        await MakeSilentAsync(port);

        var connected = Dialer.ConnectAsync([Silent, IPAddress.Loopback], port, TimeProvider.System, CancellationToken.None);
        using var socket = await connected.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task An_address_that_refuses_is_followed_by_the_next_at_once()
    {
        var port = Listen(IPAddress.Loopback, 0, backlog: 10);
        // Time stands still: no pause can have passed.
        var connected = Dialer.ConnectAsync([Silent, IPAddress.Loopback], port, new ManualTime(), CancellationToken.None);
        using var socket = await connected.WaitAsync(Eventually.Limit);
        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task When_every_address_refuses_the_reason_is_theirs()
    {
        var port = FreePort.Take();
        var e = await Assert.ThrowsAsync<SocketException>(() =>
            Dialer.ConnectAsync([Silent, IPAddress.Loopback], port, TimeProvider.System, CancellationToken.None));
        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
        await Assert.ThrowsAsync<SocketException>(() => Dialer.ConnectAsync([], port, TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public async Task A_cancelled_call_ends()
    {
        var port = FreePort.Take();
        await MakeSilentAsync(port);
        using var cancel = new CancellationTokenSource();
        var connecting = Dialer.ConnectAsync([Silent], port, TimeProvider.System, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Eventually.Limit));
    }

    // Linux drops the SYN of a connection that no longer fits the listener's queue.
    private async Task MakeSilentAsync(int port)
    {
        Listen(Silent, port, backlog: 0);
        for (var filled = false; !filled;)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            Assert.True(_sockets.Count < 50, "The listener's queue does not fill.");
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            try
            {
                await socket.ConnectAsync(Silent, port, limit.Token);
            }
            catch (OperationCanceledException)
            {
                filled = true;
            }
        }
    }

    private int Listen(IPAddress address, int port, int backlog)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(listener);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen(backlog);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
