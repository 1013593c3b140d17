using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Weerbaarheid.Relay.Pages.Frame;

/// <summary>A file that pages need and that is in the program. Its address changes with its content, so that a browser keeps it as long as it likes.</summary>
internal sealed class Asset
{
    private const string KeepForAYear = "public, max-age=31536000, immutable";

    private readonly string _name;
    private readonly string _type;

    private Asset(string name, string type)
    {
        (_name, _type) = (name, type);
        using var resource = typeof(Asset).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        Bytes = bytes.ToArray();
        Path = $"/{name}?v={Convert.ToHexStringLower(SHA256.HashData(Bytes.Span).AsSpan(0, 6))}";
    }

    /// <summary>The style sheet of all pages.</summary>
    public static Asset Style { get; } = new("relay.css", "text/css; charset=utf-8");

    /// <summary>What all pages do when the browser has scripts on. They do without as well.</summary>
    public static Asset Script { get; } = new("relay.js", "text/javascript; charset=utf-8");

    /// <summary>The style sheet of the meldkamer's pages, beside that of all.</summary>
    public static Asset DeskStyle { get; } = new("desk.css", "text/css; charset=utf-8");

    /// <summary>What the meldkamer's pages do when the browser has scripts on. They do without as well.</summary>
    public static Asset DeskScript { get; } = new("desk.js", "text/javascript; charset=utf-8");

    /// <summary>The file itself.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The address that pages link to.</summary>
    public string Path { get; }

    /// <summary>Serves it.</summary>
    public void Map(IEndpointRouteBuilder app) => app.MapGet($"/{_name}", context =>
    {
        context.Response.ContentType = _type;
        context.Response.Headers.CacheControl = KeepForAYear;
        return context.Response.Body.WriteAsync(Bytes).AsTask();
    });
}
