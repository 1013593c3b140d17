using System.Diagnostics;

namespace Weerbaarheid.Relay.Trials.LongTier;

public sealed class SourceStateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("source-state-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("1.0.0+abc", "", "abc")]
    [InlineData("1.0.0+abc", null, "abc")]
    [InlineData("1.0.0+abc", " M src/File.cs\n", "abc + changes")]
    [InlineData("1.0.0", " M src/File.cs\n", "unknown")]
    [InlineData(null, null, "unknown")]
    public void A_result_of_a_tree_with_changes_says_so(string? version, string? changes, string expected) =>
        Assert.Equal(expected, SourceState.Describe(version, changes));

    [SkippableFact]
    public void A_tree_has_changes_when_git_says_so()
    {
        Skip.IfNot(Environment.GetEnvironmentVariable("CI") == "true" || Array.Exists(["/usr/bin/git", "/bin/git"], File.Exists), "needs git");
        Assert.Null(SourceState.Changes(_folder.FullName));
        using (var init = Process.Start(new ProcessStartInfo("git", ["-C", _folder.FullName, "init", "-q"]))!) init.WaitForExit();
        Assert.Equal("", SourceState.Changes(_folder.FullName));
        File.WriteAllText(Path.Combine(_folder.FullName, "new.cs"), "");
        Assert.Equal("?? new.cs\n", SourceState.Changes(_folder.FullName));
    }
}
