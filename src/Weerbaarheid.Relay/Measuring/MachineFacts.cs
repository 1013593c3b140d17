using System.Globalization;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>What a figure depends on besides the program. Null is unknown: not every board tells everything.</summary>
/// <param name="Machine">Board or product, and processor.</param>
/// <param name="Kernel">Release and architecture.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Governor">Of the first processor, as <c>ondemand</c>.</param>
/// <param name="Celsius">Temperature of the first thermal zone.</param>
/// <param name="Load">Running processes, mean over the last minute: others slow the measurement down.</param>
/// <param name="Throttling">The firmware's flags of a Raspberry Pi (<c>vcgencmd get_throttled</c>).</param>
/// <param name="Virtual">Whether this is a virtual machine, whose figures say little about a board.</param>
internal sealed record MachineFacts(
    string? Machine, string Kernel, int Cores, string? Governor, double? Celsius, double? Load, uint? Throttling, bool Virtual)
{
    /// <summary>Bits 0 to 3: under-voltage, frequency capped, throttled, soft temperature limit, all of them now.</summary>
    private const uint Now = 0xF;

    private static readonly string[] Words = ["te lage spanning", "klokfrequentie begrensd", "afgeknepen", "zachte temperatuurgrens bereikt"];

    /// <summary>Whether the board runs slower than it could at this moment; null when it does not tell.</summary>
    public bool? IsThrottled => Throttling is { } flags ? (flags & Now) != 0 : null;

    /// <summary>The flags in Dutch.</summary>
    public string ThrottlingInWords()
    {
        if (Throttling is not { } flags) return "onbekend";
        var now = Words.Where((_, bit) => (flags >> bit & 1) != 0).Select(word => $"nu {word}");
        var earlier = Words.Where((_, bit) => (flags >> bit & 1) == 0 && (flags >> (16 + bit) & 1) != 0).Select(word => $"eerder {word}");
        var all = string.Join(", ", now.Concat(earlier));
        return all.Length == 0 ? "nee" : all;
    }

    /// <summary>Reads the flags as the firmware writes them.</summary>
    /// <param name="text"><c>50000</c> from sysfs, <c>throttled=0x50000</c> from vcgencmd.</param>
    public static uint? ReadFlags(string? text)
    {
        if (text is null) return null;
        var digits = text.Trim();
        if (digits.StartsWith("throttled=", StringComparison.Ordinal)) digits = digits["throttled=".Length..];
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) digits = digits[2..];
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags) ? flags : null;
    }
}
