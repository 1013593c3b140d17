using System.Runtime.Versioning;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class MasterFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-master-");
    private readonly string _passphrase = KeySamples.NewPassphrase();

    private string Path => System.IO.Path.Combine(_folder.FullName, "groningen.master");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_master_comes_back_whole_and_shows_nothing_of_itself()
    {
        using var made = KeySamples.Region();
        made.Noodsteunpunt().Dispose();
        made.Noodsteunpunt().Dispose();
        made.Meldkamer().Dispose();
        made.Rotate();
        made.Withdraw(11);
        MasterFile.Write(Path, made, _passphrase, replace: false);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        var file = File.ReadAllText(Path);
        Assert.DoesNotContain("Leek", file, StringComparison.Ordinal);
        Assert.All(new[] { made.RegionKey, made.Authority.Private() }, secret => Assert.DoesNotContain(Convert.ToHexString(secret), file, StringComparison.OrdinalIgnoreCase));

        using var open = OpenMaster.Open(Path, _passphrase, out var problem);
        Assert.Null(problem);
        Assert.Equal((made.Region, made.Epoch), (open!.Master.Region, open.Master.Epoch));
        Assert.Equal(made.RegionKey, open.Master.RegionKey);
        Assert.Equal(made.Authority.Private(), open.Master.Authority.Private());
        Assert.Equal(made.Ledger, open.Master.Ledger);
        Assert.Equal(new LedgerEntry(11, "Noodsteunpunt Leek-Zuidhorn", Role.Noodsteunpunt, false, 0, 2, KeySamples.Now, KeySamples.Now, true), open.Master.Find(11));
    }

    [Fact]
    public void A_wrong_passphrase_and_a_changed_byte_are_refused_in_words()
    {
        using (var made = KeySamples.Region()) MasterFile.Write(Path, made, _passphrase, replace: false);
        Assert.Null(OpenMaster.Open(Path, _passphrase + " ", out var problem));
        Assert.Contains("the passphrase is wrong, or the file is damaged", problem, StringComparison.Ordinal);

        var whole = File.ReadAllText(Path);
        foreach (var (from, to) in new[] { ("groningen", "groninger"), ("600000", "600001"), ("600000", "6"), ("600000", "2000000000"), ("PBKDF2-SHA512\"", "PBKDF2-SHA512"), ("\"sealed\": \"", "\"sealed\": \"AAAA") })
        {
            File.WriteAllText(Path, whole.Replace(from, to, StringComparison.Ordinal));
            Assert.Null(OpenMaster.Open(Path, _passphrase, out problem));
            Assert.Contains("damaged", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_commands_at_once_do_not_lose_a_line_of_the_ledger()
    {
        using (var made = KeySamples.Region()) MasterFile.Write(Path, made, _passphrase, replace: false);
        using (var first = OpenMaster.Open(Path, _passphrase, out _)!)
        {
            Assert.Null(OpenMaster.Open(Path, _passphrase, out var problem));
            Assert.Contains("wait until no other command uses it", problem, StringComparison.Ordinal);
            first.Master.Noodsteunpunt().Dispose();
            first.Save();
        }

        using var second = OpenMaster.Open(Path, _passphrase, out _)!;
        Assert.Equal(1, second.Master.Find(11)!.Times);
    }

    [Fact]
    public void A_master_is_never_written_over_by_accident_and_no_other_file_stays_behind()
    {
        using var made = KeySamples.Region();
        MasterFile.Write(Path, made, _passphrase, replace: false);
        Assert.Throws<IOException>(() => MasterFile.Write(Path, made, _passphrase, replace: false));
        Assert.Single(_folder.GetFiles());
        using var open = OpenMaster.Open(Path, _passphrase, out _);
        open!.Save();
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void What_is_no_master_is_named()
    {
        Assert.Null(OpenMaster.Open(Path, _passphrase, out var problem));
        Assert.Equal($"the master '{Path}' does not exist; make one with 'keys new-region', or name the right file", problem);
        File.WriteAllText(Path, "{ \"format\": \"iets anders\" }");
        Assert.Null(OpenMaster.Open(Path, _passphrase, out problem));
        Assert.Contains("another kind of file", problem, StringComparison.Ordinal);
    }
}
