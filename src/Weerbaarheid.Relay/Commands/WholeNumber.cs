using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Options that hold a whole number, with words for what does not fit that people can act on.</summary>
internal static class WholeNumber
{
    /// <summary>An option from <paramref name="least"/> to <paramref name="most"/>; null when it was not given.</summary>
    public static Option<ulong?> Option(string name, string helpName, string description, ulong least, ulong most) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(result, name, least, most),
    };

    private static ulong? Parse(ArgumentResult result, string name, ulong least, ulong most)
    {
        var given = result.Tokens[0].Value;
        if (ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError($"{name} '{given}' cannot be used; write a whole number from {least} to {most}");
        return null;
    }
}
