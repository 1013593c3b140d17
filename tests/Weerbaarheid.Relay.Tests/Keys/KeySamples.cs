using System.Security.Cryptography;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Keys;

/// <summary>Throw-away keys.</summary>
internal static class KeySamples
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    internal static RegionMaster Region() => RegionMaster.Create("groningen");

    internal static NodeKeys Noodsteunpunt(this RegionMaster master, ushort site = 11) => master.Issue(site, "Noodsteunpunt Leek-Zuidhorn", Role.Noodsteunpunt, false, Now);

    internal static NodeKeys Coordinatiepunt(this RegionMaster master, ushort site = 21) => master.Issue(site, "Coördinatiepunt", Role.Coordinatiepunt, false, Now);

    internal static NodeKeys Meldkamer(this RegionMaster master, ushort site = 1) => master.Issue(site, "Meldkamer", Role.Meldkamer, true, Now);

    /// <summary>A file with one bit of another value.</summary>
    internal static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    /// <summary>Every secret in keys, for searching.</summary>
    internal static IEnumerable<byte[]> Secrets(NodeKeys keys)
    {
        if (keys.RegionKey is { } region) yield return region;
        if (keys.MayIssue) yield return keys.Authority!.Private();
        foreach (var epoch in keys.Epochs)
        {
            yield return epoch.SiteKey;
            yield return epoch.NetworkKey;
        }
    }

    internal static string NewPassphrase() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
