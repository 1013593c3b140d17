namespace Weerbaarheid.Relay.Links;

/// <summary>What every link of the configuration has; each type adds its own.</summary>
/// <param name="Name">As in the configuration; unique there.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
internal abstract record LinkOptions(string Name, IReadOnlyList<ushort> Peers)
{
    /// <summary>Where it goes, for people to read.</summary>
    internal abstract string Place { get; }
}
