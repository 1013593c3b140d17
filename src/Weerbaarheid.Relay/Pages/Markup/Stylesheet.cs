using System.Security.Cryptography;

namespace Weerbaarheid.Relay.Pages.Markup;

/// <summary>The one style sheet of all pages. Its address changes with its content, so that a browser keeps it as long as it likes.</summary>
internal static class Stylesheet
{
    /// <summary>The address without what changes.</summary>
    public const string Route = "/relay.css";

    /// <summary>The style sheet itself.</summary>
    public static ReadOnlyMemory<byte> Bytes { get; } = Load();

    /// <summary>The address that pages link to.</summary>
    public static string Path { get; } = $"{Route}?v={Convert.ToHexStringLower(SHA256.HashData(Bytes.Span).AsSpan(0, 6))}";

    private static byte[] Load()
    {
        using var resource = typeof(Stylesheet).Assembly.GetManifestResourceStream("relay.css") ?? throw new InvalidOperationException("The style sheet is not in the program.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
