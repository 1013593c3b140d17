namespace Weerbaarheid.Relay.Tests.Support;

internal static class InstalledProgram
{
    /// <summary>The path of a program of the system; null when it is not installed.</summary>
    internal static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/local/sbin"]);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
