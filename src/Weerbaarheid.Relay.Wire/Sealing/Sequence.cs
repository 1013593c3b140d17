namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>An origin's counter: 64 bits in the nonce, 24 bits on the air.</summary>
public static class Sequence
{
    /// <summary>Values that the bits on the air tell apart.</summary>
    public const uint Modulus = 1 << 24;

    /// <summary>The bits that go on the air.</summary>
    public static uint Low(ulong sequence) => (uint)(sequence & (Modulus - 1));

    /// <summary>
    /// The full sequence that is nearest to one already known. Right as long as sender and receiver are less than
    /// 2^23 (8,388,608) messages apart; a wrong guess cannot authenticate.
    /// </summary>
    /// <param name="low">The 24 bits from the header.</param>
    /// <param name="known">The newest sequence known of this origin and series; 0 when none.</param>
    public static ulong Expand(uint low, ulong known)
    {
        var candidate = (known & ~(ulong)(Modulus - 1)) | low;
        if (candidate + (Modulus / 2) < known) return candidate + Modulus;
        return candidate > known + (Modulus / 2) && candidate >= Modulus ? candidate - Modulus : candidate;
    }
}
