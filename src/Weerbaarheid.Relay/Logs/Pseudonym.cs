using System.Security.Cryptography;
using System.Text;

namespace Weerbaarheid.Relay.Logs;

/// <summary>A client's name in the log: enough to see that two lines are about the same client, and not who it is.</summary>
internal static class Pseudonym
{
    // Anew with each start, so that nobody can try names against a log.
    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(16);

    /// <returns>Such as <c>c-41fe09</c>; the same for the same name until the program ends.</returns>
    public static string Of(string name) => "c-" + Convert.ToHexStringLower(HMACSHA256.HashData(Salt, Encoding.UTF8.GetBytes(name)).AsSpan(0, 3));
}
