using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>What a client can ask of the web server before anybody looks at what it wants.</summary>
internal static class DoorLimits
{
    /// <summary>Bytes of a form: a melding has at most some nine kilobytes, when every character needs nine.</summary>
    public const int MostBody = 16 * 1024;

    /// <summary>Bytes that are read and thrown away behind a refusal, so that whoever sent too much reads why and does not see a broken line.</summary>
    private const int MostRefused = 4 * 1024 * 1024;

    private const int MostConnections = 256;
    private const int MostPerAddress = 24;

    /// <summary>Lets the server listen, within limits.</summary>
    public static void Listen(KestrelServerOptions server, IPEndPoint endpoint)
    {
        var limits = server.Limits;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestBodySize = MostRefused;
        limits.MaxRequestBufferSize = 2 * MostBody;
        // A melding travels in the address from step to step.
        limits.MaxRequestLineSize = MostBody;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        server.AddServerHeader = false;
        var seats = new AddressSeats(MostPerAddress);
        server.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => SeatAsync(seats, next, connection));
        });
    }

    private static async Task SeatAsync(AddressSeats seats, ConnectionDelegate next, ConnectionContext connection)
    {
        // On the machine itself may be a proxy, behind which everybody is.
        if (connection.RemoteEndPoint is not IPEndPoint { Address: { } address } || IPAddress.IsLoopback(address))
        {
            await next(connection);
            return;
        }

        if (!seats.TryTake(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            seats.Leave(address);
        }
    }
}
