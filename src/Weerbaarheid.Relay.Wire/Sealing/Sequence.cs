using System.Globalization;

namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>
/// An origin's counter: 64 bits in the nonce, 24 bits on the air. It is a life (24 bits) and a number in that life (24 bits, from 1):
/// an origin that may have lost its counter starts a life that it never had, so that no number is given out twice.
/// </summary>
public static class Sequence
{
    /// <summary>The highest sequence there is.</summary>
    public const ulong Max = (1UL << 48) - 1;

    /// <summary>The last life there is.</summary>
    public const uint LastLife = Modulus - 1;

    /// <summary>Values that the bits on the air tell apart.</summary>
    public const uint Modulus = 1 << 24;

    /// <summary>The bits that go on the air: the number in its life.</summary>
    public static uint Low(ulong sequence) => (uint)(sequence & (Modulus - 1));

    /// <summary>The life that a sequence is of.</summary>
    public static uint LifeOf(ulong sequence) => (uint)(sequence / Modulus);

    /// <summary>The sequence of a number in a life. That of number 0, which is never given out, comes before all others of the life.</summary>
    public static ulong Of(uint life, uint number) => ((ulong)life * Modulus) | number;

    /// <summary>Whether an origin can have given it out: number 0 of a life does not exist.</summary>
    public static bool Exists(ulong sequence) => sequence <= Max && Low(sequence) != 0;

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

    /// <summary>How people see it: the number, and in a life after the first <c>life.number</c>.</summary>
    public static string NameOf(ulong sequence) => LifeOf(sequence) == 0
        ? sequence.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{LifeOf(sequence)}.{Low(sequence)}");
}
