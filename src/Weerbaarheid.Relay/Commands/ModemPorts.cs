namespace Weerbaarheid.Relay.Commands;

/// <summary>The serial ports of this machine that may have a modem.</summary>
internal static class ModemPorts
{
    private const int Most = 32;

    /// <summary>Finds them: first by the names that stay the same whichever socket the modem is in, then the rest.</summary>
    /// <param name="devices">Where devices are, <c>/dev</c>.</param>
    public static IReadOnlyList<string> Find(string devices)
    {
        var found = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var port in Files(Path.Combine(devices, "serial", "by-id"), "*").Concat(Files(devices, "ttyUSB*")).Concat(Files(devices, "ttyACM*")))
            if (found.Count < Most && known.Add(Target(port))) found.Add(port);
        return found;
    }

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Target(string port)
    {
        try
        {
            return File.ResolveLinkTarget(port, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(port);
        }
        catch (IOException)
        {
            return port;
        }
    }
}
