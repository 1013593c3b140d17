using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Opens a TCP connection to whichever of a host's addresses answers first (RFC 8305 §5).</summary>
/// <remarks>After a switch to another network half of the addresses may be a black hole (IPv6 over a satellite that has
/// none); trying them one after another would use up the whole time for connecting, every time.</remarks>
internal static class Dialer
{
    /// <summary>Of one host; more are not tried.</summary>
    private const int MaxAddresses = 8;

    /// <summary>Before the next address is tried beside those that did not answer yet (RFC 8305 §8).</summary>
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <exception cref="SocketException">The name is not known, or every address refused.</exception>
    internal static async Task<Socket> ConnectAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        return await ConnectAsync(addresses, port, time, cancellationToken);
    }

    internal static async Task<Socket> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var count = Math.Min(addresses.Count, MaxAddresses);
        var running = new List<Task<Socket>>(count);
        Exception failure = new SocketException((int)SocketError.HostNotFound);
        for (var next = 0; next < count || running.Count > 0;)
        {
            if (next < count)
                running.Add(OneAsync(addresses[next++], port, race.Token));
            var patience = next < count ? Task.Delay(Stagger, time, race.Token) : Task.Delay(Timeout.InfiniteTimeSpan, time, race.Token);
            await Task.WhenAny([.. running, patience]);
            if (running.Find(attempt => attempt.IsCompletedSuccessfully) is { } winner)
            {
                await race.CancelAsync();
                foreach (var late in running.Where(attempt => attempt != winner))
                    _ = CloseAsync(late);
                return await winner;
            }

            failure = running.Find(attempt => attempt.IsCompleted)?.Exception?.InnerException ?? failure;
            running.RemoveAll(attempt => attempt.IsCompleted);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await race.CancelAsync();
        throw failure;
    }

    private static async Task<Socket> OneAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task CloseAsync(Task<Socket> late)
    {
        try
        {
            (await late).Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // It lost the race either way.
        }
    }
}
