using System.Security.Cryptography;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>A key ring, or everything that is wrong with the file; no error ever shows what a key is.</summary>
internal readonly record struct KeyFileResult(KeyRing? Ring, IReadOnlyList<ConfigurationError> Errors);

/// <summary>
/// The file with a node's keys, readable by the node's account alone. Layout, of a meldkamer or coördinatiepunt:
/// <code>{ "epoch": 1, "region": "64 hexadecimal digits", "authority": "PEM, private where bulletins are issued, otherwise public" }</code>
/// and of a noodsteunpunt, which can impersonate nobody but itself:
/// <code>{ "epoch": 1, "site": 11, "siteKey": "64 digits", "networkKey": "64 digits", "authority": "PEM, public" }</code>
/// The authority may be left out: then bulletins can be neither checked nor issued.
/// </summary>
internal static class KeyFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int LargestFile = 65536;

    /// <summary>Reads the keys of a site.</summary>
    /// <param name="path">The file.</param>
    /// <param name="site">Whose keys they must be.</param>
    public static KeyFileResult Read(string path, Site site)
    {
        var errors = new ConfigurationErrors();
        if (Open(path, errors) is not { } document) return new KeyFileResult(null, errors.All);
        using (document)
        {
            try
            {
                return new KeyFileResult(new KeyFileReader(document.RootElement, path, site, errors).Read(), errors.All);
            }
            catch (InvalidOperationException)
            {
                // The parser throws this for a text that holds half a surrogate pair.
                errors.Add(new ConfigurationError(path, "", "the key file holds text that is not whole", "fetch the file again"));
                return new KeyFileResult(null, errors.All);
            }
        }
    }

    /// <summary>Writes a meldkamer's or coördinatiepunt's file, for this account alone.</summary>
    /// <param name="path">Must not exist.</param>
    /// <param name="epoch">0 to 15.</param>
    /// <param name="regionKey">32 bytes.</param>
    /// <param name="authorityPem">Public or private key on P-256; null for none.</param>
    public static void WriteRegion(string path, byte epoch, ReadOnlySpan<byte> regionKey, string? authorityPem)
    {
        var key = Convert.ToHexStringLower(regionKey);
        Write(path, json =>
        {
            json.WriteNumber("epoch", epoch);
            json.WriteString("region", key);
            if (authorityPem is not null) json.WriteString("authority", authorityPem);
        });
    }

    /// <summary>Writes a noodsteunpunt's file, derived from the region's key, for this account alone.</summary>
    public static void WriteSite(string path, byte epoch, ushort site, ReadOnlySpan<byte> regionKey, string? authorityPublicPem)
    {
        var (siteKey, networkKey) = (KeyRing.SiteKey(regionKey, site, epoch), KeyRing.NetworkKey(regionKey, epoch));
        Write(path, json =>
        {
            json.WriteNumber("epoch", epoch);
            json.WriteNumber("site", site);
            json.WriteString("siteKey", Convert.ToHexStringLower(siteKey));
            json.WriteString("networkKey", Convert.ToHexStringLower(networkKey));
            if (authorityPublicPem is not null) json.WriteString("authority", authorityPublicPem);
        });
        CryptographicOperations.ZeroMemory(siteKey);
    }

    private static void Write(string path, Action<Utf8JsonWriter> fields)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    }

    private static JsonDocument? Open(string path, ConfigurationErrors errors)
    {
        void Wrong(string problem, string remedy) => errors.Add(new ConfigurationError(path, "", problem, remedy));
        try
        {
            using var stream = File.OpenRead(path);
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
            if ((mode & Others) is not UnixFileMode.None)
            {
                Wrong($"others than its owner may use this key file (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')})", $"run: chmod 600 '{path}'");
                return null;
            }

            if (stream.Length <= LargestFile) return JsonDocument.Parse(stream);
            Wrong($"has {stream.Length} bytes", $"a key file has at most {LargestFile}; name the right file");
        }
        catch (JsonException e)
        {
            // The parser's own words would show a piece of the file.
            Wrong($"this is not JSON from line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}", "check the quotes, commas and braces there, or fetch the file again");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Wrong("there is no such key file", "put the file that the region gave out there, or name it with keys.file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Wrong("the key file cannot be read", $"make it belong to the account that runs this: chown {Environment.UserName} '{path}'");
        }

        return null;
    }
}
