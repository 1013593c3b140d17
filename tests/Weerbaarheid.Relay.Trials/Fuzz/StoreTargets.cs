using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Other values in the columns of the store, as its own kind of SQL takes them: everything is noticed, nothing wrong comes out, and the node starts.</summary>
internal static class StoreTargets
{
    private const ushort Site = 11;
    private const int Envelopes = 12;

    private static readonly string[] Tables = ["envelope", "envelope", "window", "reference", "tally", "airtime", "mark_a", "mark_b"];

    private static readonly Dictionary<string, string[]> Columns = new(StringComparer.Ordinal)
    {
        ["envelope"] = ["arrival", "origin", "series", "sequence", "type", "priority", "state", "custody", "delivered", "announced", "born", "received", "client_ref", "reference", "crc", "bytes"],
        ["window"] = ["origin", "type", "destination", "highest", "seen", "crc"],
        ["reference"] = ["reference", "origin", "series", "sequence", "at", "crc"],
        ["tally"] = ["name", "value", "crc"],
        ["airtime"] = ["band", "minute", "spent", "crc"],
        ["mark_a"] = ["number", "time", "records", "states", "envelopes", "crc"],
        ["mark_b"] = ["number", "time", "records", "states", "envelopes", "crc"],
    };

    private static readonly Lazy<(byte[] File, Snapshot Snapshot)> Template = new(MakeTemplate);

    [ThreadStatic]
    private static string? _folder;

    // Opening a database takes milliseconds where the other decoders take microseconds.
    public static IReadOnlyList<FuzzTarget> All { get; } = [new("rows", Rows, () => [.. Enumerable.Range(0, 64).Select(i => (byte[])[(byte)i, (byte)(i / 4), (byte)i, 1, 2, 3, 4, 5, 6, 7, 8])]) { Share = 1, Longest = 200, MostAllocated = 8 << 20 }];

    private static string Folder => _folder ??= Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"relay-fuzz-rows-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");

    /// <summary>Three bytes choose a table, a column and a row, the others are the value; several such orders may follow each other.</summary>
    private static bool Rows(ReadOnlySpan<byte> input)
    {
        Directory.CreateDirectory(Folder);
        try
        {
            var path = Path.Combine(Folder, "outbox.db");
            File.WriteAllBytes(path, Template.Value.File);
            var changed = Change(path, input);
            using var outbox = SqliteOutbox.Open(path, Site);
            var found = outbox.Load(int.MaxValue);
            var whole = outbox.Quarantined.Count == 0;
            Compare(found, changed == 0, outbox.Quarantined.Count);
            outbox.Commit([], found.Time + TimeSpan.FromSeconds(1));
            Require(outbox.Load(int.MaxValue).Envelopes.Count == found.Envelopes.Count && outbox.Quarantined.Count == 0, "what was put aside comes back");
            return whole;
        }
        finally
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static int Change(string path, ReadOnlySpan<byte> input)
    {
        var changed = 0;
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        for (var orders = 0; orders < 4 && input.Length >= 4; orders++)
        {
            var table = Tables[input[0] % Tables.Length];
            var column = Columns[table][input[1] % Columns[table].Length];
            var value = input.Slice(3, Math.Min(input.Length - 3, orders == 3 ? int.MaxValue : 8)).ToArray();
            changed += Set(connection, table, column, input[2] % Envelopes, value);
            input = input[(3 + value.Length)..];
        }

        return changed;
    }

    private static int Set(SqliteConnection connection, string table, string column, int row, byte[] value)
    {
        using var command = connection.CreateCommand();
        var (isText, isBlob) = (column is "client_ref" or "reference" or "name" or "band", column is "bytes" or "seen");
        command.CommandText = $"UPDATE {table} SET {column} = {(isText ? "CAST(@v AS TEXT)" : "@v")} WHERE {column} IN (SELECT {column} FROM {table} LIMIT 1 OFFSET {row}) AND {column} IS NOT {(isText ? "CAST(@v AS TEXT)" : "@v")}";
        var eight = new byte[8];
        value.AsSpan(0, Math.Min(8, value.Length)).CopyTo(eight);
        command.Parameters.AddWithValue("@v", isText || isBlob ? value : BitConverter.ToInt64(eight));
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            return 0; // Another row has this key, or this type does not go there: SQL itself refuses it.
        }
    }

    private static void Compare(Snapshot found, bool untouched, int quarantined)
    {
        var made = Template.Value.Snapshot;
        Require(untouched == (quarantined == 0), untouched ? "something whole was put aside" : "a change was not noticed");
        Require(found.Records >= made.Records && found.States >= made.States, "a number would be given out again");
        foreach (var envelope in found.Envelopes)
        {
            var original = made.Envelopes.SingleOrDefault(one => one.Key == envelope.Key);
            Require(original is not null && original with { Bytes = default } == envelope with { Bytes = default }, $"{envelope.Key} is not what was stored");
            Require(original!.Bytes.Span.SequenceEqual(envelope.Bytes.Span), $"{envelope.Key} has other bytes");
        }

        foreach (var window in found.Windows) Require(made.Windows.Any(one => one.Key == window.Key && one.Highest == window.Highest && one.Seen.Span.SequenceEqual(window.Seen.Span)), "a window that was not stored");
        foreach (var reference in found.References) Require(made.References.Contains(reference), "a reference that was not stored");
        Require(found.Tallies.All(tally => made.Tallies[tally.Key] == tally.Value), "a count that was not stored");
    }

    private static (byte[] File, Snapshot Snapshot) MakeTemplate()
    {
        var folder = Directory.CreateTempSubdirectory("relay-fuzz-template-");
        try
        {
            var path = Path.Combine(folder.FullName, "outbox.db");
            using (var outbox = SqliteOutbox.Open(path, Site))
            {
                outbox.Load(10);
                for (var number = 1UL; number <= Envelopes; number++) outbox.Commit(Batch(number), TimeSpan.FromMinutes(number));
                outbox.Checkpoint();
                var snapshot = outbox.Load(int.MaxValue);
                outbox.Checkpoint();
                outbox.Dispose();
                return (File.ReadAllBytes(path), snapshot);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static StoreChange[] Batch(ulong number)
    {
        var origin = (ushort)(number % 3 == 0 ? 12 : Site);
        var header = new EnvelopeHeader(0, SealMode.Sealed, MessageType.Melding, 2, Exercise.Test, origin, Sequence.Low(number), 0);
        var bytes = new byte[header.Length + 40];
        header.Write(bytes);
        new Random((int)number).NextBytes(bytes.AsSpan(header.Length));
        var key = new EnvelopeKey(origin, Series.Records, number);
        var stored = new StoredEnvelope(key, header, bytes, TimeSpan.FromSeconds(number), DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(number), number % 2 == 0, MessageState.Opgeslagen, true, false, number % 4 == 0 ? null : $"ref-{number}", number % 5 == 0 ? "P2000-7" : null);
        return
        [
            new StoreChange.Put(stored), new StoreChange.SetCounter(Series.Records, number), new StoreChange.SetCounter(Series.States, number * 1_024),
            new StoreChange.SetWindow(new WindowKey((ushort)(12 + (number % 4)), 0, 0), number, new byte[] { 1, (byte)number }),
            new StoreChange.PutReference($"c:ref-{number}", key, TimeSpan.FromMinutes(number)), new StoreChange.SetTally($"tally{number % 4}", (long)number),
            new StoreChange.SetAirtime("EU868 P", (long)number, TimeSpan.FromSeconds(number)),
        ];
    }
}
