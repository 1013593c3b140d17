using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>hardware/bord-inrichten.md knows what a node writes, and the small arithmetic of the wiring is right.</summary>
public sealed class BoardTests : IDisposable
{
    private const string Data = "/var/lib/weerbaarheid-relay";
    private const string Keys = "/etc/weerbaarheid-relay/site.keys";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("board-");

    private static HashSet<string> Written => [.. HardwareDocument.Table("bord-inrichten.md", "bestand", "wanneer").Rows.Select(row => row[0].Trim('`').TrimEnd('/'))];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A store that is opened makes them; whoever puts the root to read-only must know all of them.</summary>
    [Fact]
    public void Every_file_of_a_store_is_on_the_list()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, "data")).FullName;
        var keys = Path.Combine(_folder.FullName, "site.keys");
        var lives = new LifeFiles(LifeFile.InFolder(data), LifeFile.BesideKeys(keys), 7);
        using (var store = SqliteOutbox.Open(Path.Combine(data, "outbox.db"), 11, OutboxOptions.Default with { Lives = lives, Ballast = 1 << 20 }))
        {
            store.Load(16);
            lives.Begin(7);
            lives.NoteLog(4_096);
            var made = Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories).ToList();
            Assert.True(made.Count >= 5, string.Join(", ", made));
            foreach (var path in made)
            {
                var onBoard = path.StartsWith(data, StringComparison.Ordinal) ? Data + path[data.Length..] : "/etc/weerbaarheid-relay" + path[_folder.FullName.Length..];
                Assert.Contains(onBoard, Written);
            }
        }
    }

    [Fact]
    public void What_lies_beside_the_keys_is_on_the_list()
    {
        var configuration = new RelayConfiguration(new Site(11, "Leek", Role.Noodsteunpunt, "groningen"), null, null, [], new KeysConfiguration.File(Keys), Data, null, []);
        Assert.Contains(PinFile.PathOf(configuration), Written);
        Assert.Contains(LifeFile.BesideKeys(Keys), Written);
        Assert.Contains(Keys, Written);
        Assert.Contains(ConfigurationRequest.InstalledFile, Written);
    }

    /// <summary>Every folder that is written is on a mount that is written to, and the node waits for both.</summary>
    [Fact]
    public void Every_file_on_the_list_lies_on_a_mount_of_its_own()
    {
        var text = HardwareDocument.Read("bord-inrichten.md");
        var mounts = text.Split('\n').Where(line => line.StartsWith("LABEL=relay-", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(2, mounts.Count);
        Assert.All(mounts, mount => Assert.Equal(6, mount.Length));
        Assert.All(Written, path => Assert.Contains(mounts, mount => path.StartsWith(mount[1] + "/", StringComparison.Ordinal)));
        Assert.All(mounts, mount => Assert.Contains($"AssertPathIsMountPoint={mount[1]}\n", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_data_partition_holds_a_full_store_and_three_broken_ones()
    {
        Assert.Contains("opslag 2 GiB plus drie kapotte van 2 GiB is 8 GiB", HardwareDocument.Read("bord-inrichten.md"), StringComparison.Ordinal);
        Assert.Equal(2L << 30, OutboxOptions.Default.MaxBytes);
    }

    [Fact]
    public void A_clock_drifts_by_its_parts_per_million()
    {
        var table = HardwareDocument.Table("bord-inrichten.md", "klok", "over 72 uur");
        foreach (var row in table.Rows.Where(row => row[1].EndsWith(" ppm", StringComparison.Ordinal)))
            HardwareDocument.AssertIs(HardwareDocument.Figure(row[1][..^4]) * 1e-6 * 72 * 3_600, row[2][..^2], row[0]);
    }

    [Fact]
    public void Dew_points_and_voltage_drops_are_computed_right()
    {
        var dew = HardwareDocument.Table("bedrading-en-kast.md", "dauwpunt °C");
        foreach (var row in dew.Rows)
        {
            var degrees = dew.Figure(row, "lucht bij sluiten °C");
            var gamma = Math.Log(dew.Figure(row, "vochtigheid %") / 100) + (17.62 * degrees / (243.12 + degrees));
            HardwareDocument.AssertIs(243.12 * gamma / (17.62 - gamma), dew.Cell(row, "dauwpunt °C"), $"dew point at {row[0]}");
        }

        var drop = HardwareDocument.Table("bedrading-en-kast.md", "val V");
        foreach (var row in drop.Rows)
            HardwareDocument.AssertIs(2 * drop.Figure(row, "lengte m") * 0.0175 / drop.Figure(row, "doorsnede mm²") * drop.Figure(row, "stroom A"), drop.Cell(row, "val V"), row[0]);
    }
}
