using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Weerbaarheid.Relay.Pages.Koerier;

/// <summary>Reads one file out of a form that a browser sent, into memory and never to disk.</summary>
internal static class UploadedFile
{
    /// <summary>Fields before the file; a form of ours has none.</summary>
    private const int MostFields = 4;

    private const int LongestBoundary = 70;
    private const int MostHead = 4096;
    private const int MostHeads = 8;
    private const int Block = 1 << 16;

    /// <param name="request">With a body of multipart/form-data (RFC 7578).</param>
    /// <param name="field">The name of the field with the file.</param>
    /// <param name="most">Most bytes of the file.</param>
    /// <returns>The file, or why there is none, in Dutch.</returns>
    public static async Task<(ReadOnlyMemory<byte>? File, string Problem)> ReadAsync(HttpRequest request, string field, int most)
    {
        const string strange = "Dit formulier is niet te lezen. Kies het bestand opnieuw.";
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary) return (null, strange);
        var reader = new MultipartReader(boundary, request.Body, Block) { HeadersLengthLimit = MostHead, HeadersCountLimit = MostHeads, BodyLengthLimit = most };
        try
        {
            for (var fields = 0; fields < MostFields; fields++)
            {
                if (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is not { } section) break;
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).Value != field) continue;
                var file = new MemoryStream();
                await section.Body.CopyToAsync(file, request.HttpContext.RequestAborted);
                if (file.Length == 0) break;
                return (file.GetBuffer().AsMemory(0, (int)file.Length), "");
            }

            return (null, "Er is geen bestand gekozen, of het is leeg.");
        }
        catch (InvalidDataException)
        {
            return (null, $"Dit bestand is te groot (meer dan {most >> 20} MB), of onderweg beschadigd. Een koeriersbestand is nooit zo groot.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, $"Dit bestand is te groot (meer dan {most >> 20} MB). Een koeriersbestand is nooit zo groot.");
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            return (null, strange);
        }
    }
}
