namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>Programs of the system that a test needs besides .NET.</summary>
internal static class RequiredProgram
{
    /// <summary>Skips the test, naming the program, when it is absent; fails instead where <c>CI=true</c>.</summary>
    /// <returns>Its path.</returns>
    internal static string Check(string name)
    {
        var path = InstalledProgram.Find(name);
        if (path is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"The program '{name}' is missing, and CI must have it: install the Debian package.");
        Skip.If(path is null, $"The program '{name}' is not installed.");
        return path!;
    }
}
