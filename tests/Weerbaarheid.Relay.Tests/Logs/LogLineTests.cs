using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Logs;

public sealed partial class LogLineTests
{
    private static IEnumerable<LoggerMessageAttribute> Table => typeof(LogLines).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>();

    [Fact]
    public void Every_event_has_a_number_of_its_own()
    {
        var numbers = Table.Select(line => line.EventId).ToList();
        Assert.True(numbers.Count > 30);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.All(Table, line => Assert.True(line.EventId > 0 && line.Level != LogLevel.None && !line.Message.Contains('\n', StringComparison.Ordinal), line.Message));
    }

    [Fact]
    public void Nothing_is_logged_past_the_table()
    {
        foreach (var file in SourceTree.Files("Weerbaarheid.Relay")) Assert.False(DirectLog().IsMatch(file.Code), $"{file.Path} logs a line without a number");
    }

    [Fact]
    public void The_documentation_names_every_number()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "hardware", "logregels.md"));
        foreach (var line in Table) Assert.Contains($"| {line.EventId} |", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(|\blog\.Log\(")]
    private static partial Regex DirectLog();
}
