using System.Text;
using QRCoder;

namespace Weerbaarheid.Relay.QrCodes;

/// <summary>A text as QR code: dense, because capitals and digits alone are two to eleven bits.</summary>
internal static class QrImage
{
    /// <summary>ISO/IEC 18004 asks for four light modules around it.</summary>
    private const int Quiet = 4;

    /// <summary>Lines of half blocks for a terminal with light text on dark.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        // Screens do not get dirty: the least correction, for the smallest code.
        var modules = Modules(text, QRCodeGenerator.ECCLevel.L);
        for (var y = 0; y < modules.Length; y += 2)
        {
            var line = new StringBuilder();
            for (var x = 0; x < modules.Length; x++)
            {
                var (above, below) = (modules[y][x], y + 1 >= modules.Length || modules[y + 1][x]);
                line.Append((above, below) switch
                {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    _ => ' ',
                });
            }

            yield return line.ToString();
        }
    }

    /// <summary>A drawing for paper.</summary>
    /// <param name="text">What the code says.</param>
    /// <param name="caption">What stands under it; nothing secret.</param>
    public static string Svg(string text, string caption)
    {
        var (path, size) = Drawing(text);
        var words = System.Security.SecurityElement.Escape(caption);
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 4}" width="{size * 4}" height="{(size + 4) * 4}" shape-rendering="crispEdges">
            <rect width="100%" height="100%" fill="#fff"/>
            <path d="{path}"/>
            <text x="{size / 2}" y="{size + 1}" font-family="sans-serif" font-size="2" text-anchor="middle">{words}</text>
            </svg>

            """;
    }

    /// <summary>The data of an SVG path of squares with sides of 1, and the side of the whole.</summary>
    public static (string Path, int Size) Drawing(string text)
    {
        var modules = Modules(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < modules.Length; y++)
            for (var x = 0; x < modules.Length; x++)
                if (modules[y][x]) path.Append($"M{x},{y}h1v1h-1z");
        return (path.ToString(), modules.Length);
    }

    /// <summary>The dark modules, with the light ones around.</summary>
    private static bool[][] Modules(string text, QRCodeGenerator.ECCLevel level)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, level);
        // QRCoder draws a quiet zone of its own, of four.
        return [.. data.ModuleMatrix.Select(row => row.Cast<bool>().ToArray())];
    }
}
