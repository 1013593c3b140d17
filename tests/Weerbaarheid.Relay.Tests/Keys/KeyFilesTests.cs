using System.Runtime.Versioning;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Commands;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Keys;

/// <summary>Of two key files the node uses the right one, and makes them two again.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyFilesTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Site Leek = new(11, "Leek", Role.Noodsteunpunt, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-key-files-");
    private readonly RegionMaster _master = KeySamples.Region();

    private string Path => System.IO.Path.Combine(_folder.FullName, "site.keys");

    private string Copy => KeyFiles.CopyOf(Path);

    public void Dispose()
    {
        _folder.UnixFileMode = Owner | UnixFileMode.UserExecute;
        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Both_are_for_their_owner_alone_and_nothing_is_found_wrong_with_them()
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        Assert.Equal((Owner, Owner), (File.GetUnixFileMode(Path), File.GetUnixFileMode(Copy)));
        Assert.Null(KeyFiles.Mend(Path));
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_one_that_is_missing_is_written_anew_from_the_other(bool isFile)
    {
        using var keys = _master.Noodsteunpunt();
        KeyFiles.Write(Path, keys, replace: false);
        var gone = isFile ? Path : Copy;
        File.Delete(gone);
        using (var ring = KeyFiles.Read(Path, Leek).Ring) Assert.NotNull(ring);
        Assert.Equal(isFile ? $"{Path} is missing, so its second copy counts. {Path} was written anew." : $"There is no second copy of {Path}. {Copy} was written anew.", KeyFiles.Mend(Path));
        Assert.Equal(File.ReadAllBytes(isFile ? Copy : Path), File.ReadAllBytes(gone));
        Assert.Equal(Owner, File.GetUnixFileMode(gone));
        Assert.Null(KeyFiles.Mend(Path));
    }

    [Fact]
    public void A_file_that_a_person_put_there_counts_and_so_does_one_that_was_written_just_before_a_power_cut()
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        _master.Rotate();
        using var newer = _master.Noodsteunpunt();
        KeyFile.Write(Path, newer, replace: true);
        using (var ring = KeyFiles.Read(Path, Leek).Ring) Assert.Equal(1, ring!.Epoch);
        Assert.Equal($"The second copy of {Path} holds other keys, and those in the file count. {Copy} was written anew.", KeyFiles.Mend(Path));
        Assert.True(KeyFile.Read(Copy).Keys!.IsSame(newer));
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    [Fact]
    public void A_file_of_another_site_is_refused_whatever_the_copy_holds()
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        KeyFile.Write(Path, _master.Noodsteunpunt(12), replace: true);
        Assert.Equal($"{Path}: site: these are the keys of site 12, and this node is site 11; use the key file of site 11, or correct site.id", Assert.Single(KeyFiles.Read(Path, Leek).Errors).ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_others_may_read_is_refused_and_the_other_does_not_hide_it(bool isFile)
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        var open = isFile ? Path : Copy;
        File.SetUnixFileMode(open, Owner | UnixFileMode.GroupRead);
        Assert.Equal($"{open}: others than its owner may use this key file (mode 0640); run: chmod 600 '{open}'", Assert.Single(KeyFiles.Read(Path, Leek).Errors).ToString());
        Assert.Null(KeyFiles.Mend(Path));
        Assert.Equal(Owner | UnixFileMode.GroupRead, File.GetUnixFileMode(open));
    }

    [Fact]
    public void A_file_from_before_there_was_a_check_gets_a_copy_that_has_one_and_weighs_less_than_it()
    {
        var old = $$"""{ "epoch": 1, "site": 11, "siteKey": "{{new string('a', 64)}}", "networkKey": "{{new string('b', 64)}}" }""";
        WriteRaw(old);
        Assert.StartsWith($"There is no second copy of {Path}. {Copy} was written", KeyFiles.Mend(Path), StringComparison.Ordinal);
        Assert.Null(KeyFiles.Mend(Path));
        Assert.NotNull(KeyFiles.Read(Path, Leek).Warning);

        // One bit: another key, and nothing in the file tells.
        WriteRaw(old.Replace("aaa\"", "aac\"", StringComparison.Ordinal));
        Assert.StartsWith($"{Path} has no check and holds other keys than its second copy", KeyFiles.Read(Path, Leek).FromCopy, StringComparison.Ordinal);
        Assert.Contains("site.keys.aside-1", KeyFiles.Mend(Path), StringComparison.Ordinal);
        using var keys = KeyFile.Read(Path).Keys!;
        Assert.Equal(Enumerable.Repeat((byte)0xAA, 32), keys.Epochs[0].SiteKey);
        Assert.Null(KeyFiles.Read(Path, Leek).Warning);
    }

    [Fact]
    public void Where_nothing_can_be_written_the_node_has_its_keys_and_says_so()
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        File.WriteAllText(Path, "{");
        // A hundred were put aside: as good as a folder that takes nothing, and root may write everywhere.
        for (var number = 1; number < 100; number++) File.WriteAllText($"{Path}.aside-{number}", "");
        using (var ring = KeyFiles.Read(Path, Leek).Ring) Assert.NotNull(ring);
        var remark = KeyFiles.Mend(Path);
        Assert.Contains("so its second copy counts", remark, StringComparison.Ordinal);
        Assert.Contains("cannot be written anew", remark, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(Path));
    }

    [Fact]
    public async Task Show_tells_which_of_the_two_is_broken_and_changes_nothing()
    {
        KeyFiles.Write(Path, _master.Noodsteunpunt(), replace: false);
        Assert.Equal(0, (await Terminal.RunAsync("", "keys", "show", "--keys-file", Path)).Code);
        File.WriteAllText(Path, "{");
        var shown = await Terminal.RunAsync("", "keys", "show", "--keys-file", Path);
        Assert.Equal(3, shown.Code);
        Assert.StartsWith($"WARNING: {Path} cannot be used (this is not JSON from line 1, position 2), so its second copy counts.", Assert.Single(shown.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("{", await File.ReadAllTextAsync(Path));
    }

    [Fact]
    public async Task A_node_starts_with_either_of_the_two_says_it_once_in_its_log_and_refuses_without_both()
    {
        using var keys = _master.Noodsteunpunt();
        KeyFiles.Write(Path, keys, replace: false);
        foreach (var broken in new[] { Path, Copy })
        {
            var whole = await File.ReadAllBytesAsync(Path);
            await File.WriteAllBytesAsync(broken, KeySamples.Flip(whole, 8 * (whole.Length / 2)));
            await using var node = await Node().StartAsync();
            Assert.Equal(0, (await node.TerminateAsync()).ExitCode);
            Assert.Single(node.Log.Split('\n'), line => line.Contains("The key file and its second copy: ", StringComparison.Ordinal));
            Assert.Contains("[106]", node.Log, StringComparison.Ordinal);
            foreach (var secret in KeySamples.Secrets(keys)) Assert.DoesNotContain(Convert.ToHexStringLower(secret), node.Log, StringComparison.Ordinal);
            Assert.Equal(whole, await File.ReadAllBytesAsync(broken));
            Assert.True(File.Exists(broken + ".aside-1"));
        }

        await using (var node = await Node().StartAsync())
        {
            await node.TerminateAsync();
            Assert.DoesNotContain("second copy", node.Log, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path, "{");
        await File.WriteAllTextAsync(Copy, "{");
        var refused = await Terminal.RunAsync((_, _, _) => Task.FromResult(0), "", ["run", .. Node().Options]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("keys install FILE --replace", refused.ErrorLines[0], StringComparison.Ordinal);
    }

    private NodeProcess Node() => new("noodsteunpunt", System.IO.Path.Combine(_folder.FullName, "data"), null, "keys.demonstration=false", $"keys.file={Path}", "site.id=11");

    private void WriteRaw(string json)
    {
        File.WriteAllText(Path, json);
        File.SetUnixFileMode(Path, Owner);
    }
}
