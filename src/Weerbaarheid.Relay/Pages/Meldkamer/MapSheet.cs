using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>A picture of the ground under the map, as the configuration names it. Its edges are metres on the Dutch grid.</summary>
/// <param name="File">Full path of the picture.</param>
/// <param name="West">Its left edge.</param>
/// <param name="South">Its lower edge.</param>
/// <param name="East">Its right edge.</param>
/// <param name="North">Its upper edge.</param>
/// <param name="Source">Whose map it is; null when nobody wants that said.</param>
internal sealed record MapSheet(string File, double West, double South, double East, double North, string? Source)
{
    /// <summary>Where the picture is served.</summary>
    public const string Path = "/meldkamer/kaart/ondergrond";

    /// <summary>Bytes of a picture at most: more takes a browser on a slow network too long.</summary>
    public const long Most = 20_000_000;

    private const int BufferSize = 64 << 10;

    /// <summary>Looks whether the picture is there and is one.</summary>
    /// <returns>Its address, which changes with the file so that a browser may keep it, or what is wrong with it in plain Dutch.</returns>
    public (string? Address, string? Problem) Look()
    {
        var (picture, type, problem) = Open();
        using (picture)
        {
            if (type is null) return (null, problem);
            var moment = System.IO.File.GetLastWriteTimeUtc(File).Ticks;
            return (string.Create(CultureInfo.InvariantCulture, $"{Path}?v={picture!.Length:x}-{moment:x}"), null);
        }
    }

    /// <summary>Serves the picture, under the type that its first bytes say and no other.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (picture, type, _) = Open();
        await using (picture)
        {
            var response = context.Response;
            if (type is null)
            {
                response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            response.ContentType = type;
            response.ContentLength = picture!.Length;
            response.Headers.CacheControl = "private, max-age=86400, immutable";
            // Whatever else the file may hold, nothing in it is run.
            response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";
            await CopyAsync(picture, response.Body, picture.Length, context.RequestAborted);
        }
    }

    /// <summary>No more than was announced, though somebody writes to the file meanwhile.</summary>
    private static async Task CopyAsync(FileStream picture, Stream to, long left, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (left > 0)
        {
            var read = await picture.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0) throw new IOException("The picture of the map became shorter while it was served.");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }

    /// <returns>The open file with its type, or a problem.</returns>
    private (FileStream? Picture, string? Type, string? Problem) Open()
    {
        // To open a pipe would be to wait for whoever writes to it.
        if (OddFile.Describe(File) is not null) return (null, null, "Dat is geen gewoon bestand.");
        FileStream? picture = null;
        try
        {
            picture = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> head = stackalloc byte[16];
            var type = TypeOf(head[..picture.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
            picture.Position = 0;
            var problem = type is null ? "Dat is geen plaatje: het moet PNG, JPEG of WebP zijn."
                : picture.Length > Most ? $"Dat is te groot: hoogstens {Most / 1_000_000} MB." : null;
            if (problem is null) return (picture, type, null);
            picture.Dispose();
            return (null, null, problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            picture?.Dispose();
            return (null, null, e is FileNotFoundException or DirectoryNotFoundException ? "Dat bestand is er niet." : "Dat bestand is niet te lezen.");
        }
    }

    /// <summary>By its first bytes alone. SVG is not among them: it can hold scripts.</summary>
    private static string? TypeOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return "image/png";
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "image/jpeg";
        return head.Length >= 16 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBPVP8"u8) ? "image/webp" : null;
    }
}
