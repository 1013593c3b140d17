using Microsoft.AspNetCore.Http;

namespace Weerbaarheid.Relay.Pages.Frame;

/// <summary>Tells who came through a proxy. Behind one on this machine everybody seems to sit at it.</summary>
internal static class Forwarding
{
    private static readonly string[] OfProxies = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    /// <summary>Whether a request says that a proxy sent it on.</summary>
    public static bool Happened(HttpContext context) => OfProxies.Any(context.Request.Headers.ContainsKey);
}
