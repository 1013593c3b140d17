using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weerbaarheid.Relay.Pages;

/// <summary>Tells a program on this machine from a browser anywhere.</summary>
internal static class LocalProgram
{
    /// <summary>Whether a request comes from this machine, by address and not by a name that anybody may point here, and with a type of content that no page can make a browser send.</summary>
    public static bool IsAsking(HttpContext context, string contentType)
    {
        var (remote, host) = (context.Connection.RemoteIpAddress, context.Request.Host.Host);
        var isHere = remote is not null && (IPAddress.IsLoopback(remote) || remote.Equals(context.Connection.LocalIpAddress));
        return isHere && IPAddress.TryParse(host, out _) && context.Request.ContentType == contentType;
    }
}
