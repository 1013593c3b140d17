using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Weerbaarheid.Relay.Logs;

/// <summary>How lines look: one for each event, with the number of the event; under systemd with the priority that its journal reads.</summary>
internal static class LogOutput
{
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, bool isUnderSystemd) =>
        isUnderSystemd ? logging.AddSystemdConsole() : logging.AddSimpleConsole(format => format.SingleLine = true);
}
