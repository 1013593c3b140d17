using System.Security.Cryptography;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Reads the fields of a key file. What is wrong is said without ever repeating a value that could be a key.</summary>
internal sealed class KeyFileReader(JsonElement root, string path, Site site, ConfigurationErrors errors)
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private static readonly string[] Known = ["epoch", "region", "site", "siteKey", "networkKey", "authority"];

    /// <returns>The ring, or null when there were errors.</returns>
    public KeyRing? Read()
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Wrong("", "the key file does not hold a JSON object", "fetch the file again");
            return null;
        }

        ReportUnknown();
        var epoch = ReadWhole("epoch", 0, KeyRing.MaxEpoch);
        if (Take("epoch") is null) Wrong("epoch", "is missing", $"write the key epoch, 0 to {KeyRing.MaxEpoch}");
        var isRegion = Take("region") is not null;
        CheckRole(isRegion);
        var authority = ReadAuthority(isRegion, out var mayIssue);
        var region = isRegion ? ReadKey("region") : null;
        var siteKey = isRegion ? null : ReadKey("siteKey");
        var networkKey = isRegion ? null : ReadKey("networkKey");
        if (!isRegion) CheckSite();
        try
        {
            if (errors.All.Count == 0)
                return isRegion ? KeyRing.ForRegion((byte)epoch, region, authority, mayIssue) : KeyRing.ForSite((byte)epoch, site.Id, siteKey, networkKey, authority);
            authority?.Dispose();
            return null;
        }
        finally
        {
            foreach (var key in new[] { region, siteKey, networkKey }) CryptographicOperations.ZeroMemory(key);
        }
    }

    private void CheckRole(bool isRegion)
    {
        var role = ConfigurationLoader.Roles[(int)site.Role];
        if (isRegion && site.Role == Role.Noodsteunpunt)
            Wrong("region", $"holds the key of the whole region, and this node is a {role}", $"use the key file of site {site.Id}, so that a stolen node can impersonate only itself");
        if (isRegion && (Take("siteKey") ?? Take("networkKey") ?? Take("site")) is not null)
            Wrong("region", "stands here beside keys of one site", "keep the one or the other");
        if (!isRegion && site.Role != Role.Noodsteunpunt)
            Wrong("region", $"is missing, and a {role} needs it", "use the region's key file");
    }

    private void CheckSite()
    {
        if (Take("site") is null) Wrong("site", "is missing", $"use the key file of site {site.Id}");
        else if (ReadWhole("site", 1, ushort.MaxValue - 1) is > 0 and var named && named != site.Id)
            Wrong("site", $"these are the keys of site {named}, and this node is site {site.Id}", $"use the key file of site {site.Id}, or correct site.id");
    }

    private ECDsa? ReadAuthority(bool isRegion, out bool mayIssue)
    {
        const string remedy = "write the authority's key on P-256 as PEM (BEGIN PUBLIC KEY, or BEGIN PRIVATE KEY where bulletins are issued)";
        mayIssue = false;
        if (Take("authority") is not { } value) return null;
        var pem = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var secret = pem.Contains("PRIVATE KEY", StringComparison.Ordinal);
        if (secret && !isRegion)
        {
            Wrong("authority", "is a private key", "a noodsteunpunt gets the public key only");
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(false).Curve.Oid.Value == P256)
            {
                mayIssue = secret;
                return key;
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Said below; the exception's own words may show a piece of the key.
        }

        key.Dispose();
        Wrong("authority", "is not a key of the authority", remedy);
        return null;
    }

    private byte[]? ReadKey(string name)
    {
        var remedy = $"write {KeyRing.KeySize * 2} hexadecimal digits";
        if (Take(name) is not { } value)
        {
            Wrong(name, "is missing", remedy);
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var key = new byte[KeyRing.KeySize];
        if (text.Length == key.Length * 2 && Convert.FromHexString(text, key, out _, out _) == System.Buffers.OperationStatus.Done) return key;
        Wrong(name, text.Length == key.Length * 2 ? "holds something that is not a hexadecimal digit" : $"has {text.Length} characters", remedy);
        return null;
    }

    private int ReadWhole(string name, int least, int most)
    {
        if (Take(name) is not { } value) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        Wrong(name, "is not in range", $"write a whole number from {least} to {most}");
        return 0;
    }

    private void ReportUnknown()
    {
        foreach (var property in root.EnumerateObject())
        {
            if (Known.Contains(property.Name)) continue;
            var near = Spelling.Nearest(property.Name, Known);
            // A name that is nowhere near may be a key that was pasted in the wrong place.
            if (near is null) Wrong("", "holds a key of JSON that is not known here", $"known here are {string.Join(", ", Known)}");
            else Wrong("", $"unknown key near '{near}'", $"did you mean '{near}'?");
        }
    }

    private JsonElement? Take(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private void Wrong(string key, string problem, string remedy) => errors.Add(new ConfigurationError(path, key, problem, remedy));
}
