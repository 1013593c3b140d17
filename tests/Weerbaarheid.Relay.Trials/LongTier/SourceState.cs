using System.ComponentModel;
using System.Diagnostics;

namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>What source a result is of.</summary>
internal static class SourceState
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="version">As the build noted it: the version, a plus and the commit.</param>
    /// <param name="changes">As <see cref="Changes"/>.</param>
    public static string Describe(string? version, string? changes)
    {
        if (version?.Split('+') is not [_, var commit]) return "unknown";
        return string.IsNullOrWhiteSpace(changes) ? commit : commit + " + changes";
    }

    /// <summary>What git says is not as committed in the tree around a folder, untracked files too; null where there is no git or no tree.</summary>
    public static string? Changes(string folder)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, "status", "--porcelain"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (text, _) = (git.StandardOutput.ReadToEndAsync(), git.StandardError.ReadToEndAsync());
            if (!git.WaitForExit(Patience)) git.Kill();
            git.WaitForExit();
            return git.ExitCode == 0 ? text.Result : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
