using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Keys;

/// <summary>What putting keys in place did.</summary>
internal enum Installed
{
    /// <summary>Nothing: others are there, or it cannot be written.</summary>
    Refused,

    /// <summary>Written where there were none.</summary>
    Written,

    /// <summary>Written instead of others.</summary>
    Replaced,

    /// <summary>The next epoch, beside the one before.</summary>
    NextEpoch,

    /// <summary>Nothing: these keys are there.</summary>
    AlreadyThere,
}

/// <summary>What came of it; the problem says what to do.</summary>
internal readonly record struct InstallResult(Installed Outcome, string? Problem = null)
{
    /// <summary>What was met at the key file or its second copy while the keys were put in place all the same; null for nothing.</summary>
    public string? Remark { get; init; }
}

/// <summary>Puts the keys of a provisioning text into a node's key file.</summary>
internal static class KeyInstallation
{
    /// <summary>
    /// Writes the file and its second copy. Keys that are there are replaced on demand only; the next epoch of the same site from the same authority, which
    /// signed it, is put beside the one before, so that neighbours that do not have it yet are still understood.
    /// </summary>
    /// <param name="path">The key file.</param>
    /// <param name="keys">What goes into it.</param>
    /// <param name="replace">Whether other keys may go.</param>
    public static InstallResult Install(string path, NodeKeys keys, bool replace)
    {
        try
        {
            using var there = KeyFiles.Look(path);
            if (there.IsEmpty) return Put(Installed.Written, path, keys, replace: false);
            var old = there.Keys;
            if (old is not null && old.IsSame(keys)) return new InstallResult(Installed.AlreadyThere) { Remark = KeyFiles.Mend(path) };
            if (old is not null && Joined(old, keys) is { } joined)
            {
                if (joined.IsSame(old)) return new InstallResult(Installed.AlreadyThere) { Remark = KeyFiles.Mend(path) };
                return Put(Installed.NextEpoch, path, joined, replace: true);
            }

            if (!replace) return new InstallResult(Installed.Refused, $"{Whose(path, old)}; to give them up, add --replace");
            return Put(Installed.Replaced, path, keys, replace: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new InstallResult(Installed.Refused, $"the key file '{path}' cannot be written: {e.Message.TrimEnd('.')}; run this as the account that the node runs under");
        }
    }

    /// <summary>
    /// Notes that nobody can have used these keys: they were <see cref="Installed.Written"/>, were issued for the first time, and the only
    /// copy to install from is gone. Then the node counts from 1. Without the note it begins a life that is drawn by lot, so that no number
    /// is used twice under keys that another device may have had. After a power cut between the two there is no note, which is the safe side.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void NoteUnused(string path) => LifeFile.CreateFresh(LifeFile.BesideKeys(path));

    private static InstallResult Put(Installed outcome, string path, NodeKeys keys, bool replace) => new(outcome) { Remark = KeyFiles.Write(path, keys, replace) };

    /// <summary>The two together; null when they are not two epochs of one site under one authority.</summary>
    private static NodeKeys? Joined(NodeKeys old, NodeKeys keys)
    {
        if (old.Site != keys.Site || old.Role != keys.Role || !IsSameAuthority(old.Authority, keys.Authority)) return null;
        if (keys.RegionKey is { } region) return old.RegionKey.AsSpan().SequenceEqual(region) && keys.Epoch > old.Epoch ? keys : null;
        if (old.RegionKey is not null || keys.Epoch < old.Epoch) return null;
        var before = old.Epochs.Where(one => one.Epoch == keys.Epoch - 1).ToList();
        if (keys.Epoch > old.Epoch) return keys with { Epochs = [.. keys.Epochs, .. before] };
        // The same epoch: only as a repeat of what is there.
        return old.Epochs.Any(one => one.Epoch == keys.Epoch && keys.Epochs[0].SiteKey.AsSpan().SequenceEqual(one.SiteKey)) ? old : null;
    }

    private static bool IsSameAuthority(AuthorityKey? old, AuthorityKey? now) => old is not null && now is not null && old.Public().AsSpan().SequenceEqual(now.Public());

    private static string Whose(string path, NodeKeys? old) => old switch
    {
        null => $"'{path}' is there and cannot be read as a key file",
        { Site: 0 } => $"'{path}' holds keys of a region, epoch {old.Epoch}, already",
        { Role: { } role } => $"'{path}' holds keys of site {old.Site} ({ConfigurationLoader.Roles[(int)role]}), epoch {old.Epoch}, already",
        _ => $"'{path}' holds keys of site {old.Site}, epoch {old.Epoch}, already",
    };
}
