using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Outbox;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>A folder on disk for one test, with one store in it.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outbox-");

    public string Database => Path.Combine(_folder.FullName, "outbox.db");

    public SqliteOutbox Open(OutboxOptions? options = null) => SqliteOutbox.Open(Database, Sample.Site, options);

    /// <summary>Reads or breaks the closed store as somebody else would.</summary>
    public string Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Changes one bit at the place in the closed database where these bytes lie.</summary>
    public void FlipBitAt(ReadOnlySpan<byte> pattern, int offset = 0, bool last = false)
    {
        var file = File.ReadAllBytes(Database);
        var at = last ? file.AsSpan().LastIndexOf(pattern) : file.AsSpan().IndexOf(pattern);
        Assert.True(at >= 0, "The bytes to damage do not lie in the database file.");
        file[at + offset] ^= 0x10;
        File.WriteAllBytes(Database, file);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
