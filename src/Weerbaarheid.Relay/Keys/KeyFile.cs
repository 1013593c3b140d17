using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>A key ring, or everything that is wrong with the file; no error ever shows what a key is.</summary>
internal readonly record struct KeyFileResult(KeyRing? Ring, IReadOnlyList<ConfigurationError> Errors)
{
    /// <summary>What works and should not stay so; null for nothing.</summary>
    public ConfigurationError? Warning { get; init; }

    /// <summary>That the ring is the second copy's, and why; null when it is the key file's.</summary>
    public string? FromCopy { get; init; }
}

/// <summary>What became of reading a key file.</summary>
internal enum KeyFileState
{
    /// <summary>It was read, and its check fits if it has one.</summary>
    Whole,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It holds something else than keys, or not all of it, or the disk does not give it.</summary>
    Damaged,

    /// <summary>It belongs to another account.</summary>
    Unreadable,

    /// <summary>Others than its owner may use it, so it was not looked at.</summary>
    Exposed,
}

/// <summary>Keys, or everything that is wrong with the file.</summary>
internal readonly record struct NodeKeysResult(NodeKeys? Keys, KeyFileState State, IReadOnlyList<ConfigurationError> Errors)
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

    /// <summary>Reads the keys of whichever site they are.</summary>
    public static NodeKeysResult Read(string path)
    {
        var errors = new ConfigurationErrors();
        var (document, state) = Open(path, errors);
        if (document is null) return new NodeKeysResult(null, state, errors.All);
        using (document)
        {
            try
            {
                var reader = new KeyFileReader(document.RootElement, path, errors);
                var keys = reader.Read();
                return new NodeKeysResult(keys, keys is null ? KeyFileState.Damaged : KeyFileState.Whole, errors.All) { Warning = reader.Warning };
            }
            catch (InvalidOperationException)
            {
                // The parser throws this for a text that holds half a surrogate pair.
                errors.Add(new ConfigurationError(path, "", "the key file holds text that is not whole", "fetch the file again"));
                return new NodeKeysResult(null, KeyFileState.Damaged, errors.All);
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

    private static (JsonDocument? Document, KeyFileState State) Open(string path, ConfigurationErrors errors)
    {
        (JsonDocument?, KeyFileState) Wrong(KeyFileState state, string problem, string remedy)
        {
            errors.Add(new ConfigurationError(path, "", problem, remedy));
            return (null, state);
        }

        if (OddFile.Describe(path) is { } odd)
            return Wrong(KeyFileState.Damaged, $"this is {odd}, not a key file", $"name the file{(odd == "a folder" ? " in it" : "")}, or put the region's file there with 'keys install'");
        try
        {
            using var stream = File.OpenRead(path);
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
            if ((mode & Others) is not UnixFileMode.None)
                return Wrong(KeyFileState.Exposed, $"others than its owner may use this key file (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')})", $"run: chmod 600 '{path}'");
            if (stream.Length <= LargestFile) return (JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false }), KeyFileState.Whole);
            return Wrong(KeyFileState.Damaged, $"has {stream.Length} bytes", $"a key file has at most {LargestFile}; name the right file");
        }
        catch (InvalidOperationException)
        {
            // The parser throws this for a name that holds half a surrogate pair.
            return Wrong(KeyFileState.Damaged, "the key file holds text that is not whole", "fetch the file again");
        }
        catch (JsonException e)
        {
            // The parser's own words would show a piece of the file.
            return Wrong(KeyFileState.Damaged, $"this is not JSON from line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}", "check the quotes, commas and braces there, or fetch the file again");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Wrong(KeyFileState.Missing, "there is no such key file", "put the file that the region gave out there with 'keys install', or name it with keys.file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var state = e is UnauthorizedAccessException ? KeyFileState.Unreadable : KeyFileState.Damaged;
            return Wrong(state, "the key file cannot be read", $"make it belong to the account that runs this: chown {Environment.UserName} '{path}'");
        }
    }
}
