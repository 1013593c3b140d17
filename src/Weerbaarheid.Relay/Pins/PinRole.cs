namespace Weerbaarheid.Relay.Pins;

/// <summary>For whom a part of the pages is.</summary>
internal enum PinRole
{
    /// <summary>Hands in meldingen and sees how far they came.</summary>
    Vrijwilliger,

    /// <summary>Coördinator or centralist: sees what others sent, and takes files out.</summary>
    Coordinator,

    /// <summary>Sees how the node itself is doing.</summary>
    Technicus,
}

/// <summary>Roles as they are typed.</summary>
internal static class PinRoles
{
    /// <summary>Every role, in the order of <see cref="PinRole"/>.</summary>
    public static readonly IReadOnlyList<string> Names = ["vrijwilliger", "coordinator", "technicus"];

    public static string NameOf(PinRole role) => Names[(int)role];

    /// <returns>Null when there is no such role.</returns>
    public static PinRole? Parse(string name)
    {
        for (var place = 0; place < Names.Count; place++)
            if (Names[place] == name) return (PinRole)place;
        return null;
    }

    /// <summary>Whether who may do the one may do the other. A technician needs no meldingen, and a centralist no technique; both may do what a volunteer does.</summary>
    public static bool Covers(PinRole held, PinRole needed) => held == needed || needed == PinRole.Vrijwilliger;
}
