using Microsoft.AspNetCore.Http;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>
/// Whether a request that changes something comes from a page of this node itself. On plain http a browser sends no Sec-Fetch-Site, and an old
/// one never does, so what must do then is Origin, which also old Android browsers send with a form. It needs no secret in the form,
/// and so nothing that a restart forgets.
/// </summary>
internal static class RequestOrigin
{
    /// <summary>Whether it was shown that the request comes from here; what shows nothing is refused.</summary>
    public static bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && site != "same-origin") return false;
        if (request.Headers.Origin is { Count: > 0 } origin) return IsHere(origin.ToString(), request);
        if (request.Headers["Sec-Fetch-Site"] == "same-origin") return true;
        return request.Headers.Referer is { Count: > 0 } referer && IsHere(referer.ToString(), request);
    }

    private static bool IsHere(string address, HttpRequest request) =>
        Uri.TryCreate(address, UriKind.Absolute, out var from) && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var here)
        && Uri.Compare(from, here, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
