namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>What a call to a simulated disk can meet.</summary>
internal enum DiskFailure : byte
{
    None,

    /// <summary>EIO. Nothing was written; a sync wrote nothing and the system thinks that it owes nothing any more.</summary>
    Error,

    /// <summary>ENOSPC, for every call that needs room.</summary>
    Full,

    /// <summary>EROFS, for every call that would change something.</summary>
    ReadOnly,

    /// <summary>A write that wrote its first half and then gave EIO; other calls give EIO.</summary>
    ShortWrite,

    /// <summary>The power goes: this call and all that follow reach nothing, until <see cref="SimulatedDisk.PowerOn"/>.</summary>
    PowerCut,
}

/// <summary>Calls to a disk, as far as a fault can tell them apart.</summary>
internal enum DiskCall : byte
{
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Delete,
    Access,
    Lock,
}

/// <summary>A failure that is due at a call.</summary>
/// <param name="Failure">What happens.</param>
/// <param name="AtCall">At which call, counted as <see cref="SimulatedDisk.Calls"/> does: 1 is the first.</param>
/// <param name="Lasts">Whether every later call meets it too, until it is taken away.</param>
internal readonly record struct DueFailure(DiskFailure Failure, long AtCall, bool Lasts = false);
