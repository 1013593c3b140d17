using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Keys;

public sealed class KeyInstallationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-install-");
    private readonly RegionMaster _master = KeySamples.Region();

    private string Path => System.IO.Path.Combine(_folder.FullName, "site.keys");

    public void Dispose()
    {
        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_next_epoch_is_put_beside_the_one_before_and_no_more_than_that()
    {
        Assert.Equal(Installed.Written, Install(_master.Noodsteunpunt()));
        for (byte epoch = 1; epoch <= 3; epoch++)
        {
            _master.Rotate();
            Assert.Equal(Installed.NextEpoch, Install(_master.Noodsteunpunt()));
            using var there = KeyFile.Read(Path).Keys!;
            Assert.Equal(epoch, there.Epoch);
            Assert.Equal([epoch, (byte)(epoch - 1)], there.Epochs.Select(one => one.Epoch));
            Assert.All(there.Epochs, one => Assert.Equal(NodeKeys.Derive(_master.RegionKey, 11, one.Epoch).SiteKey, one.SiteKey));
        }

        Assert.Equal(Installed.AlreadyThere, Install(_master.Noodsteunpunt()));
    }

    [Fact]
    public void A_holder_of_the_region_only_takes_the_next_epoch()
    {
        Assert.Equal(Installed.Written, Install(_master.Coordinatiepunt()));
        _master.Rotate();
        Assert.Equal(Installed.NextEpoch, Install(_master.Coordinatiepunt()));
        using var there = KeyFile.Read(Path).Keys!;
        Assert.Equal((1, 0), (there.Epoch, there.Epochs.Count));
    }

    [Fact]
    public void Other_keys_go_on_demand_only()
    {
        using var others = KeySamples.Region();
        var old = _master.Noodsteunpunt();
        Install(old);
        _master.Rotate();
        others.Rotate();
        foreach (var keys in new[] { _master.Noodsteunpunt(12), others.Noodsteunpunt(), _master.Coordinatiepunt(11) })
        {
            var result = KeyInstallation.Install(Path, keys, replace: false);
            Assert.Equal((Installed.Refused, $"'{Path}' holds keys of site 11 (noodsteunpunt), epoch 0, already; to give them up, add --replace"), (result.Outcome, result.Problem));
            using var there = KeyFile.Read(Path).Keys!;
            Assert.True(there.IsSame(old));
        }

        Assert.Equal(Installed.Replaced, KeyInstallation.Install(Path, others.Noodsteunpunt(), replace: true).Outcome);
        Assert.Equal(["site.keys", "site.keys.copy"], _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        // Nothing of keys that were given up stays behind.
        Assert.Equal(File.ReadAllBytes(Path), File.ReadAllBytes(KeyFiles.CopyOf(Path)));
    }

    [Fact]
    public void An_earlier_epoch_does_not_come_back_by_itself()
    {
        var earlier = _master.Noodsteunpunt();
        _master.Rotate();
        Install(_master.Noodsteunpunt());
        Assert.Equal(Installed.Refused, Install(earlier));
    }

    [Fact]
    public void A_damaged_file_is_not_replaced_by_accident()
    {
        Install(_master.Noodsteunpunt());
        foreach (var one in new[] { Path, KeyFiles.CopyOf(Path) })
        {
            using var file = new FileStream(one, FileMode.Truncate);
            file.WriteByte((byte)'{');
        }

        var result = KeyInstallation.Install(Path, _master.Noodsteunpunt(), replace: false);
        Assert.Equal($"'{Path}' is there and cannot be read as a key file; to give them up, add --replace", result.Problem);
        Assert.Equal(Installed.Replaced, KeyInstallation.Install(Path, _master.Noodsteunpunt(), replace: true).Outcome);
    }

    [Fact]
    public void A_damaged_or_missing_file_is_known_by_its_copy()
    {
        var keys = _master.Noodsteunpunt();
        Install(keys);
        File.Delete(Path);
        Assert.Equal(Installed.Refused, Install(_master.Noodsteunpunt(12)));
        var again = KeyInstallation.Install(Path, keys, replace: false);
        Assert.Equal(Installed.AlreadyThere, again.Outcome);
        Assert.StartsWith($"{Path} is missing, so its second copy counts. {Path} was written anew.", again.Remark, StringComparison.Ordinal);

        using (var file = new FileStream(Path, FileMode.Truncate)) file.WriteByte((byte)'{');
        _master.Rotate();
        Assert.Equal(Installed.NextEpoch, Install(_master.Noodsteunpunt()));
        using var there = KeyFiles.Look(Path);
        Assert.Equal((null, 2), (there.Finding, there.Keys!.Epochs.Count));
    }

    [Fact]
    public void Keys_are_installed_when_only_the_copy_cannot_be_written()
    {
        Directory.CreateDirectory(KeyFiles.CopyOf(Path));
        for (var number = 1; number < 100; number++) Directory.CreateDirectory($"{KeyFiles.CopyOf(Path)}.aside-{number}");
        var result = KeyInstallation.Install(Path, _master.Noodsteunpunt(), replace: true);
        Assert.Equal(Installed.Replaced, result.Outcome);
        Assert.StartsWith($"The second copy of the keys, {KeyFiles.CopyOf(Path)}, cannot be written: ", result.Remark, StringComparison.Ordinal);
        using var there = KeyFiles.Look(Path);
        Assert.NotNull(there.Keys);
    }

    [Fact]
    public void A_note_of_unused_keys_never_replaces_one_that_knows_better()
    {
        Install(_master.Noodsteunpunt());
        KeyInstallation.NoteUnused(Path);
        Assert.Equal(new LifeNote(null), LifeFile.Read(LifeFile.BesideKeys(Path), out _));
        LifeFile.Write(LifeFile.BesideKeys(Path), 3);
        KeyInstallation.NoteUnused(Path);
        Assert.Equal(new LifeNote(3), LifeFile.Read(LifeFile.BesideKeys(Path), out _));
    }

    [Fact]
    public void What_cannot_be_written_is_said()
    {
        var result = KeyInstallation.Install(System.IO.Path.Combine(_folder.FullName, "nergens", "site.keys"), _master.Noodsteunpunt(), replace: false);
        Assert.Equal(Installed.Refused, result.Outcome);
        Assert.Contains("cannot be written", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_another_site_or_role_do_not_fit()
    {
        using var keys = _master.Coordinatiepunt();
        Assert.Empty(KeyFit.Errors(keys, "21.wr1", new Site(21, "x", Role.Coordinatiepunt, "groningen")));
        Assert.Equal(["21.wr1: site: these are the keys of site 21, and this node is site 22; use the key file of site 22, or correct site.id"], Fit(keys, 22, Role.Coordinatiepunt));
        Assert.Equal(["21.wr1: role: these are the keys of a coordinatiepunt, and this node is a meldkamer; use the key file of site 21, or correct site.role"], Fit(keys, 21, Role.Meldkamer));
    }

    private static IEnumerable<string> Fit(NodeKeys keys, ushort site, Role role) =>
        KeyFit.Errors(keys, "21.wr1", new Site(site, "x", role, "groningen")).Select(error => error.ToString());

    private Installed Install(NodeKeys keys) => KeyInstallation.Install(Path, keys, replace: false).Outcome;
}
