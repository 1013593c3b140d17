using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>A key ring, or everything that is wrong with the file; no error ever shows what a key is.</summary>
internal readonly record struct KeyFileResult(KeyRing? Ring, IReadOnlyList<ConfigurationError> Errors)
{
    /// <summary>What works and should not stay so; null for nothing.</summary>
    public ConfigurationError? Warning { get; init; }
}

/// <summary>Keys, or everything that is wrong with the file.</summary>
internal readonly record struct NodeKeysResult(NodeKeys? Keys, IReadOnlyList<ConfigurationError> Errors)
{
    /// <summary>As in <see cref="KeyFileResult"/>.</summary>
    public ConfigurationError? Warning { get; init; }
}

/// <summary>
/// The file with a node's keys, readable by the node's account alone. Layout, of a noodsteunpunt, which can impersonate nobody but
/// itself, with newest epoch first:
/// <code>
/// { "format": 2, "epoch": 1, "site": 11, "role": "noodsteunpunt", "name": "Noodsteunpunt Leek", "regionName": "groningen",
///   "epochs": [ { "epoch": 1, "siteKey": "64 hexadecimal digits", "networkKey": "64 digits" } ],
///   "authority": "PEM, public", "check": "32 digits" }
/// </code>
/// A meldkamer or coördinatiepunt has <c>"region": "64 digits"</c> in place of <c>epochs</c>, and where bulletins are issued the
/// authority's private key. The check is over all fields (<see cref="NodeKeys.Check"/>): no changed bit gives other keys.
/// Files from before there was a check, with <c>siteKey</c> and <c>networkKey</c> beside <c>epoch</c>, are read with a warning.
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
        var read = Read(path);
        if (read.Keys is not { } keys) return new KeyFileResult(null, read.Errors);
        using (keys)
        {
            var errors = KeyFit.Errors(keys, path, site);
            return new KeyFileResult(errors.Count == 0 ? keys.ToRing() : null, errors) { Warning = read.Warning };
        }
    }

    /// <summary>Reads the keys of whichever site they are.</summary>
    public static NodeKeysResult Read(string path)
    {
        var errors = new ConfigurationErrors();
        if (Open(path, errors) is not { } document) return new NodeKeysResult(null, errors.All);
        using (document)
        {
            try
            {
                var reader = new KeyFileReader(document.RootElement, path, errors);
                return new NodeKeysResult(reader.Read(), errors.All) { Warning = reader.Warning };
            }
            catch (InvalidOperationException)
            {
                // The parser throws this for a text that holds half a surrogate pair.
                errors.Add(new ConfigurationError(path, "", "the key file holds text that is not whole", "fetch the file again"));
                return new NodeKeysResult(null, errors.All);
            }
        }
    }

    /// <summary>Writes a file for this account alone, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written, or is there and may not be replaced.</exception>
    public static void Write(string path, NodeKeys keys, bool replace) => SecretFile.Write(path, KeyFileWriter.Write(keys), replace);

    /// <summary>Writes a meldkamer's or coördinatiepunt's file, for this account alone.</summary>
    /// <param name="path">Must not exist.</param>
    /// <param name="epoch">0 to 15.</param>
    /// <param name="regionKey">32 bytes.</param>
    /// <param name="authorityPem">Public or private key on P-256; null for none.</param>
    public static void WriteRegion(string path, byte epoch, ReadOnlySpan<byte> regionKey, string? authorityPem) =>
        Write(path, new NodeKeys { Epoch = epoch, RegionKey = regionKey.ToArray(), Authority = Authority(authorityPem) }, replace: false);

    /// <summary>Writes a noodsteunpunt's file, derived from the region's key, for this account alone; of the authority the public half.</summary>
    public static void WriteSite(string path, byte epoch, ushort site, ReadOnlySpan<byte> regionKey, string? authorityPublicPem) =>
        Write(path, new NodeKeys { Site = site, Epoch = epoch, Epochs = [NodeKeys.Derive(regionKey, site, epoch)], Authority = Authority(authorityPublicPem)?.PublicOnly() }, replace: false);

    private static AuthorityKey? Authority(string? pem) =>
        pem is null ? null : AuthorityKey.FromPem(pem) ?? throw new ArgumentException("This is no key on P-256.", nameof(pem));

    private static JsonDocument? Open(string path, ConfigurationErrors errors)
    {
        void Wrong(string problem, string remedy) => errors.Add(new ConfigurationError(path, "", problem, remedy));
        if (OddFile.Describe(path) is { } odd)
        {
            Wrong($"this is {odd}, not a key file", $"name the file{(odd == "a folder" ? " in it" : "")}, or put the region's file there with 'keys install'");
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
            if ((mode & Others) is not UnixFileMode.None)
            {
                Wrong($"others than its owner may use this key file (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')})", $"run: chmod 600 '{path}'");
                return null;
            }

            if (stream.Length <= LargestFile) return JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
            Wrong($"has {stream.Length} bytes", $"a key file has at most {LargestFile}; name the right file");
        }
        catch (InvalidOperationException)
        {
            // The parser throws this for a name that holds half a surrogate pair.
            Wrong("the key file holds text that is not whole", "fetch the file again");
        }
        catch (JsonException e)
        {
            // The parser's own words would show a piece of the file.
            Wrong($"this is not JSON from line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}", "check the quotes, commas and braces there, or fetch the file again");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Wrong("there is no such key file", "put the file that the region gave out there with 'keys install', or name it with keys.file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Wrong("the key file cannot be read", $"make it belong to the account that runs this: chown {Environment.UserName} '{path}'");
        }

        return null;
    }
}
