using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Keys;

/// <summary>A master, or why there is none.</summary>
internal readonly record struct MasterResult(RegionMaster? Master, string? Problem);

/// <summary>
/// A <see cref="RegionMaster"/> on a stick in a safe. JSON, of which <c>sealed</c> holds everything under AES-256-GCM with a key
/// from a passphrase (PBKDF2-SHA512); the fields in clear are under the tag too. Salt and nonce are new at every writing.
/// </summary>
internal static class MasterFile
{
    private const string Format = "weerbaarheid-relay master 1";
    private const int SaltSize = 16;
    private const int TagSize = 16;

    /// <summary>Most bytes; 4,500 sites take about one.</summary>
    public const int LargestFile = 16 << 20;

    /// <exception cref="IOException">It cannot be written, or is there and may not be replaced.</exception>
    public static void Write(string path, RegionMaster master, string passphrase, bool replace)
    {
        var head = new Head(master.Region, Passphrase.Iterations, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(Passphrase.NonceSize));
        var plain = MasterJson.Write(master);
        var sealedBytes = new byte[plain.Length + TagSize];
        using (var cipher = head.Cipher(passphrase))
            cipher.Encrypt(head.Nonce, plain, sealedBytes.AsSpan(..^TagSize), sealedBytes.AsSpan(^TagSize..), head.Bound());
        CryptographicOperations.ZeroMemory(plain);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("region", head.Region);
            json.WriteString("kdf", "PBKDF2-SHA512");
            json.WriteNumber("iterations", head.Iterations);
            json.WriteString("salt", Convert.ToHexStringLower(head.Salt));
            json.WriteString("nonce", Convert.ToHexStringLower(head.Nonce));
            json.WriteBase64String("sealed", sealedBytes);
            json.WriteEndObject();
        }

        SecretFile.Write(path, buffer.ToArray(), replace);
    }

    /// <summary>Opens a master.</summary>
    /// <param name="path">Its file, for people.</param>
    /// <param name="bytes">What the file holds.</param>
    /// <param name="passphrase">As it was made with.</param>
    public static MasterResult Read(string path, byte[] bytes, string passphrase)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format) return Wrong("is another kind of file, or of a newer version", "name the file that 'keys new-region' made");
            var head = new Head(
                root.GetProperty("region").GetString()!, root.GetProperty("iterations").GetInt32(),
                Convert.FromHexString(root.GetProperty("salt").GetString()!), Convert.FromHexString(root.GetProperty("nonce").GetString()!));
            if (head.Iterations is < Passphrase.Iterations or > Passphrase.MostIterations || head.Nonce.Length != Passphrase.NonceSize) return Damaged();
            return Open(head, root.GetProperty("sealed").GetBytesFromBase64(), passphrase);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Damaged();
        }

        MasterResult Wrong(string problem, string remedy) => new(null, $"the master '{path}' {problem}; {remedy}");
        MasterResult Damaged() => Wrong("is damaged", "take its copy");
        MasterResult Open(Head head, byte[] hidden, string secret)
        {
            if (hidden.Length < TagSize) return Damaged();
            var plain = new byte[hidden.Length - TagSize];
            try
            {
                using var cipher = head.Cipher(secret);
                cipher.Decrypt(head.Nonce, hidden.AsSpan(..^TagSize), hidden.AsSpan(^TagSize..), plain, head.Bound());
                return new MasterResult(MasterJson.Read(head.Region, plain), null);
            }
            catch (AuthenticationTagMismatchException)
            {
                return Wrong("does not open: the passphrase is wrong, or the file is damaged", "type the passphrase again, or take the copy of the file");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plain);
            }
        }
    }

    /// <summary>What stands in clear.</summary>
    private sealed record Head(string Region, int Iterations, byte[] Salt, byte[] Nonce)
    {
        public byte[] Bound() => Encoding.UTF8.GetBytes($"{Format}\0{Region}\0{Iterations}");

        public AesGcm Cipher(string passphrase)
        {
            var key = Passphrase.Derive(passphrase, Salt, Iterations, Passphrase.KeySize);
            try
            {
                return new AesGcm(key, TagSize);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    /// <summary>The part that is sealed.</summary>
    private static class MasterJson
    {
        public static byte[] Write(RegionMaster master)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("regionKey", Convert.ToHexStringLower(master.RegionKey));
                json.WriteString("authority", Convert.ToHexStringLower(master.Authority.Private()));
                json.WriteNumber("epoch", master.Epoch);
                json.WriteStartArray("sites");
                foreach (var entry in master.Ledger) LedgerJson.Write(json, entry);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            var bytes = buffer.ToArray();
            CryptographicOperations.ZeroMemory(buffer.GetBuffer());
            return bytes;
        }

        public static RegionMaster Read(string region, byte[] plain)
        {
            using var document = JsonDocument.Parse(plain);
            var root = document.RootElement;
            var authority = AuthorityKey.FromPrivate(Convert.FromHexString(root.GetProperty("authority").GetString()!)) ?? throw new FormatException();
            return new RegionMaster(
                region, Convert.FromHexString(root.GetProperty("regionKey").GetString()!), authority, root.GetProperty("epoch").GetByte(),
                root.GetProperty("sites").EnumerateArray().Select(LedgerJson.Read));
        }
    }
}

/// <summary>A line of the ledger as JSON, in the master and for programs.</summary>
internal static class LedgerJson
{
    public static void Write(Utf8JsonWriter json, LedgerEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("site", entry.Site);
        json.WriteString("name", entry.Name);
        json.WriteString("role", ConfigurationLoader.Roles[(int)entry.Role]);
        json.WriteBoolean("mayIssue", entry.MayIssue);
        json.WriteNumber("epoch", entry.Epoch);
        json.WriteNumber("times", entry.Times);
        json.WriteString("first", entry.First);
        json.WriteString("last", entry.Last);
        json.WriteBoolean("withdrawn", entry.Withdrawn);
        json.WriteEndObject();
    }

    public static LedgerEntry Read(JsonElement entry) => new(
        entry.GetProperty("site").GetUInt16(), entry.GetProperty("name").GetString()!, (Role)ConfigurationLoader.Roles.ToList().IndexOf(entry.GetProperty("role").GetString()!),
        entry.GetProperty("mayIssue").GetBoolean(), entry.GetProperty("epoch").GetByte(), entry.GetProperty("times").GetInt32(),
        entry.GetProperty("first").GetDateTimeOffset(), entry.GetProperty("last").GetDateTimeOffset(), entry.GetProperty("withdrawn").GetBoolean());
}
