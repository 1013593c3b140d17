using System.Security.Cryptography;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Keys of later epochs, which a site gets over the network and has nowhere else.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private static readonly byte[] SiteKey = SHA256.HashData("site"u8);
    private static readonly byte[] NetworkKey = SHA256.HashData("network"u8);
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_come_back_as_they_were_and_the_newest_of_an_epoch_counts()
    {
        Store(new StoreChange.PutKeys(2, NetworkKey, SiteKey), new StoreChange.PutKeys(1, SiteKey, NetworkKey), new StoreChange.PutKeys(2, SiteKey, NetworkKey));
        using var outbox = _folder.Open();
        var keys = outbox.Load(10).Keys;
        Assert.Equal([1, 2], keys.Select(one => (int)one.Epoch));
        Assert.All(keys, one => Assert.Equal((Convert.ToHexString(SiteKey), Convert.ToHexString(NetworkKey)), (Convert.ToHexString(one.SiteKey.Span), Convert.ToHexString(one.NetworkKey.Span))));
    }

    [Theory]
    [InlineData("UPDATE epoch_key SET site_key=zeroblob(32) WHERE epoch=1")]
    [InlineData("UPDATE epoch_key SET network_key=site_key WHERE epoch=1")]
    [InlineData("UPDATE epoch_key SET site_key=substr(site_key, 1, 31) WHERE epoch=1")]
    [InlineData("UPDATE epoch_key SET epoch=3 WHERE epoch=1")]
    [InlineData("UPDATE epoch_key SET epoch=-7 WHERE epoch=1")]
    [InlineData("UPDATE epoch_key SET crc=crc+1 WHERE epoch=1")]
    public void A_damaged_key_is_put_aside_and_never_used(string damage)
    {
        Store(new StoreChange.PutKeys(1, SiteKey, NetworkKey), new StoreChange.PutKeys(2, SiteKey, NetworkKey));
        _folder.Sql(damage);
        using (var outbox = _folder.Open())
        {
            Assert.Equal(2, Assert.Single(outbox.Load(10).Keys).Epoch);
            var row = Assert.Single(outbox.Quarantined);
            Assert.Equal(DamagedTable.Keys, row.Table);
            Assert.DoesNotContain(Convert.ToHexString(NetworkKey)[..8], row.ToString(), StringComparison.OrdinalIgnoreCase);
        }

        using var again = _folder.Open();
        Assert.Single(again.Load(10).Keys);
        Assert.Empty(again.Quarantined);
    }

    [Fact]
    public void The_store_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Store(new StoreChange.PutKeys(1, SiteKey, NetworkKey));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Database));
        File.SetUnixFileMode(_folder.Database, (UnixFileMode)0b110_100_100);
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit([new StoreChange.SetTally("expired", 1)], TimeSpan.FromSeconds(2));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!, "outbox.db*"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private void Store(params StoreChange[] changes)
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit(changes, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Keys_are_read_out_of_a_store_that_is_put_aside()
    {
        using (var outbox = _folder.Open())
        {
            outbox.Load(1);
            outbox.Commit([new StoreChange.PutKeys(2, new byte[32], Enumerable.Repeat((byte)7, 32).ToArray()), Sample.Put(Sample.Envelope(1))], TimeSpan.Zero);
        }

        // A table that is gone: no row of it can be put aside, so the store is.
        _folder.Sql("DROP TABLE reference");
        using var again = _folder.Open();
        var found = again.Load(1);
        Assert.True(again.HasJustLost);
        Assert.Equal(2, Assert.Single(found.Keys).Epoch);
        Assert.All(found.Keys[0].NetworkKey.ToArray(), one => Assert.Equal(7, one));
    }
}
