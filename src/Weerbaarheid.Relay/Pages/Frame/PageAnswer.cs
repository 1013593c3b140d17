using System.Text;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Pages.Frame;

/// <summary>Sends a page.</summary>
internal static class PageAnswer
{
    public static Task WriteAsync(HttpContext context, Html page)
    {
        var bytes = Encoding.UTF8.GetBytes(page.ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }
}
