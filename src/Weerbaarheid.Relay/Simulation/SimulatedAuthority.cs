using System.Security.Cryptography;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Stands in for the authority's key pair in a simulation. ECDSA draws a random number for each signature, and what is random ends in the tags,
/// the checks of receipts and the lengths of frames: the same seed would not give the same run. This makes 64 bytes of the content and a fixed
/// secret, and takes no other 64 bytes for them. It protects nothing outside a simulation.
/// </summary>
internal sealed class SimulatedAuthority : ECDsa
{
    private static readonly byte[] Secret = SHA256.HashData("Weerbaarheid.Relay simulated authority"u8);

    public override byte[] SignHash(byte[] hash) => HMACSHA512.HashData(Secret, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => CryptographicOperations.FixedTimeEquals(SignHash(hash), signature);
}
