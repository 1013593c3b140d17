using System.Net;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Pages;

/// <summary>Tells a program on this machine from a browser anywhere.</summary>
internal static class LocalProgram
{
    /// <summary>Whether a request comes from this machine, and not through a proxy on it.</summary>
    public static bool IsHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && (IPAddress.IsLoopback(remote) || remote.Equals(context.Connection.LocalIpAddress)) && !Forwarding.Happened(context);

    /// <summary>Whether a request comes from this machine, by address and not by a name that anybody may point here, and with a type of content that no page can make a browser send.</summary>
    public static bool IsAsking(HttpContext context, string contentType) =>
        IsHere(context) && IPAddress.TryParse(context.Request.Host.Host, out _) && context.Request.ContentType == contentType;
}
