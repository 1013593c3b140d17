using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Tests.Support;

internal static class FreePort
{
    /// <summary>A port on 127.0.0.1 that nobody held a moment ago, for programs that cannot be told to pick one.</summary>
    internal static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
