using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>What stands in the store of a dead node, as the production recovery reads it.</summary>
internal static class StoreLook
{
    /// <summary>
    /// Opens a copy: opening repairs, and the repair that counts is the one that the node's own next life makes.
    /// </summary>
    /// <returns>The snapshot, or what is wrong.</returns>
    public static (Snapshot Found, string? Wrong) Into(KilledNode node, string scratch)
    {
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        Directory.CreateDirectory(scratch);
        var folder = Path.GetDirectoryName(node.Store)!;
        if (!File.Exists(node.Store)) return (Snapshot.Empty, null);
        // Also a -journal: until the store is in WAL mode for the first time, that is how SQLite keeps it whole.
        foreach (var file in Directory.EnumerateFiles(folder, "outbox.db*")) File.Copy(file, Path.Combine(scratch, Path.GetFileName(file)));
        using var outbox = SqliteOutbox.Open(Path.Combine(scratch, "outbox.db"), node.Site);
        var found = outbox.Load(int.MaxValue);
        return (found, outbox.Quarantined.Count == 0 ? null : $"node {node.Site}: a kill damaged the store: {string.Join(", ", outbox.Quarantined.Take(5))}");
    }

    /// <summary>Holds what a node made itself against what was handed in at it and what it acknowledged.</summary>
    /// <returns>What is wrong; null when nothing.</returns>
    public static string? AgainstLedger(Snapshot found, ushort site, Ledger ledger, KeyRing keys)
    {
        var (seen, newest) = (new HashSet<Handed>(), 0UL);
        foreach (var stored in found.Envelopes.Where(one => one.Key.Origin == site))
        {
            if (StoredMessages.Open(keys, stored) is not { } message) return $"{stored.Key} in the store cannot be opened";
            if (message is not (Melding or Status)) return $"{stored.Key} is a {message.Type}, which nobody handed in";
            var mark = message is Melding melding ? melding.Text ?? "" : ((Status)message).Present?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
            if (ledger.Find(mark) is not { } handed) return $"{stored.Key} says '{mark}', which nobody handed in";
            if (!seen.Add(handed)) return $"{handed} is in the store twice, also as {stored.Key}";
            if (ledger.Bind(handed, stored.Key.ToString()) is { } wrong) return wrong;
            if (message.Priority != handed.Priority || stored.ClientRef != handed.Reference) return $"{handed} lies in the store with priority {message.Priority} and reference {stored.ClientRef}";
            if (stored.State is MessageState.Vervallen or MessageState.Afgewezen) return $"{handed} ended as {stored.State}";
            if (handed.IsStatus) newest = Math.Max(newest, stored.Key.Sequence);
            var counter = handed.IsStatus ? found.States : found.Records;
            if (stored.Key.Sequence > counter) return $"{stored.Key} is in the store, and the counter says {counter}: its number would be given out again";
        }

        if (ledger.All.FirstOrDefault(one => one is { IsStatus: false, Id: not null } && !seen.Contains(one)) is { } lost) return $"LOST: {lost}; the store holds {seen.Count}";
        // Of states only the newest is kept; an older number at the top means that the newest was lost.
        return ledger.All.FirstOrDefault(one => one is { IsStatus: true, Id: { } id } && Number(id) > newest) is { } state ? $"LOST: status {state}; the newest in the store is s{newest}" : null;
    }

    /// <summary>Holds what the meldkamer has against what the origin has, both dead.</summary>
    public static string? AgainstOrigin(Snapshot origin, Snapshot meldkamer, ushort site)
    {
        var made = origin.Envelopes.Where(one => one.Key.Origin == site).ToDictionary(one => one.Key);
        var there = meldkamer.Envelopes.Where(one => one.Key.Origin == site).ToDictionary(one => one.Key);
        foreach (var (key, arrived) in there)
        {
            if (!made.TryGetValue(key, out var own))
            {
                if (key.Series == Series.Records) return $"the meldkamer has {key}, and its origin does not: it left before it was on disk, or was lost";
                continue;
            }

            if (!own.Bytes.Span.SequenceEqual(arrived.Bytes.Span)) return $"the number {key} was used twice: the meldkamer has other bytes under it than its origin";
        }

        var records = made.Values.Where(one => one.Key.Series == Series.Records).ToList();
        if (records.FirstOrDefault(one => one.State is MessageState.Ontvangen or MessageState.InBehandeling && !there.ContainsKey(one.Key)) is { } claimed)
            return $"a receipt says that the meldkamer has {claimed.Key}, and it has not";
        var window = meldkamer.Windows.FirstOrDefault(one => one.Key == new WindowKey(site, 0, 0));
        var numbers = window is null ? new SequenceRanges() : SequenceRanges.FromBytes(window.Seen.Span);
        if (records.FirstOrDefault(one => numbers.Contains(one.Key.Sequence) != there.ContainsKey(one.Key)) is { } apart)
            return $"window and store of the meldkamer disagree about {apart.Key}: it {(there.ContainsKey(apart.Key) ? "has it and would take it again" : "would refuse it and has it not")}";
        return null;
    }

    /// <summary>The number of a status, as <c>11-s7</c>; of a later life, as <c>11-s1.7</c>, when the first start was killed between the life's file and the store.</summary>
    private static ulong Number(string id) => MessageId.Parse(id.Replace("-s", "-", StringComparison.Ordinal))?.Sequence ?? throw new FormatException($"'{id}' is no id.");
}
