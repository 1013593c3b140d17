namespace Weerbaarheid.Relay.Relaying;

/// <summary>What the region tells of one of its sites beforehand. For people only: nothing is decided by it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name; null when only its place is known.</param>
/// <param name="Place">Where it is, in metres on the Dutch grid; null when nobody said.</param>
internal sealed record KnownSite(ushort Id, string? Name, (double X, double Y)? Place);
