using System.Buffers;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Reads the fields of a key file. What is wrong is said without ever repeating a value that could be a key.</summary>
internal sealed class KeyFileReader(JsonElement root, string path, ConfigurationErrors errors)
{
    private static readonly string[] Known =
        ["format", "epoch", "site", "role", "name", "regionName", "region", "epochs", "siteKey", "networkKey", "authority", "check"];

    private static readonly string[] KnownInEpoch = ["epoch", "siteKey", "networkKey"];

    /// <summary>That the file has no check; null when it has.</summary>
    public ConfigurationError? Warning { get; private set; }

    /// <returns>The keys, or null when there were errors.</returns>
    public NodeKeys? Read()
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Wrong("", "the key file does not hold a JSON object", "fetch the file again");
            return null;
        }

        ReportUnknown(root, Known);
        ReadFormat();
        var epoch = (byte)ReadWhole(root, "epoch", 0, KeyRing.MaxEpoch, $"write the key epoch, 0 to {KeyRing.MaxEpoch}");
        var isRegion = Take(root, "region") is not null;
        var authority = ReadAuthority(isRegion);
        if (isRegion && (Take(root, "epochs") ?? Take(root, "siteKey") ?? Take(root, "networkKey")) is not null)
            Wrong("region", "stands here beside keys of one site", "keep the one or the other");
        var keys = new NodeKeys
        {
            Site = Take(root, "site") is null && isRegion ? (ushort)0 : (ushort)ReadWhole(root, "site", 1, ushort.MaxValue - 1, "use the key file of this site"),
            Role = ReadRole(),
            Name = ReadText("name"),
            Region = ReadText("regionName"),
            Epoch = epoch,
            RegionKey = isRegion ? ReadKey(root, "region") : null,
            Epochs = isRegion ? [] : ReadEpochs(epoch),
            Authority = authority,
        };
        if (errors.All.Count == 0) Check(keys);
        if (errors.All.Count == 0) return keys;
        keys.Dispose();
        return null;
    }

    private void ReadFormat()
    {
        if (Take(root, "format") is not null) _ = ReadWhole(root, "format", KeyFileWriter.Format, KeyFileWriter.Format, "");
    }

    /// <summary>One changed bit can take away "format" or "check" and not both, and a name that is not known is an error already.</summary>
    private void Check(NodeKeys keys)
    {
        if (Take(root, "check") is { } check)
        {
            if (check.ValueKind != JsonValueKind.String || !string.Equals(check.GetString(), keys.Check(), StringComparison.OrdinalIgnoreCase))
                Wrong("check", "does not fit the rest of the file, so the file is damaged or was changed by hand", "install the keys again with 'keys install'");
        }
        else if (Take(root, "format") is not null) Wrong("check", "is missing, so the file is not whole", "install the keys again with 'keys install'");
        else
        {
            Warning = new ConfigurationError(
                path, "check", "is missing: this file is of the layout before there was one, and a digit that goes wrong in it gives another key unnoticed",
                "let the region issue the keys anew, and use 'keys install'");
        }
    }

    private List<EpochKeys> ReadEpochs(byte current)
    {
        if (Take(root, "epochs") is not { } list) return [ReadEpoch(root, current)];
        if ((Take(root, "siteKey") ?? Take(root, "networkKey")) is not null) Wrong("epochs", "stands here beside siteKey or networkKey", "keep the one or the other");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > NodeKeys.MostEpochs || list.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.Object))
        {
            Wrong("epochs", "is not a list of keys", $"write 1 to {NodeKeys.MostEpochs} objects with epoch, siteKey and networkKey");
            return [];
        }

        var epochs = list.EnumerateArray().Select(one =>
        {
            ReportUnknown(one, KnownInEpoch);
            return ReadEpoch(one, (byte)ReadWhole(one, "epoch", 0, KeyRing.MaxEpoch, "write the epoch of these keys"));
        }).ToList();
        if (epochs.DistinctBy(one => one.Epoch).Count() != epochs.Count) Wrong("epochs", "holds an epoch twice", "keep one of the two");
        if (epochs.All(one => one.Epoch != current)) Wrong("epochs", "does not hold the epoch that is in use", "install the keys again with 'keys install'");
        return epochs;
    }

    private EpochKeys ReadEpoch(JsonElement fields, byte epoch) => new(epoch, ReadKey(fields, "siteKey"), ReadKey(fields, "networkKey"));

    private Role? ReadRole()
    {
        if (Take(root, "role") is not { } value) return null;
        for (var place = 0; place < ConfigurationLoader.Roles.Count; place++)
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(ConfigurationLoader.Roles[place])) return (Role)place;
        Wrong("role", "is not a role", $"write one of {string.Join(", ", ConfigurationLoader.Roles)}");
        return null;
    }

    private string ReadText(string name)
    {
        if (Take(root, name) is not { } value) return "";
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && System.Text.Encoding.UTF8.GetByteCount(text) <= NodeKeysCode.LongestName) return text;
        Wrong(name, "is not a text or too long", $"write at most {NodeKeysCode.LongestName} bytes");
        return "";
    }

    private AuthorityKey? ReadAuthority(bool isRegion)
    {
        const string remedy = "write the authority's key on P-256 as PEM (BEGIN PUBLIC KEY, or BEGIN PRIVATE KEY where bulletins are issued)";
        if (Take(root, "authority") is not { } value) return null;
        var pem = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (!isRegion && pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            Wrong("authority", "is a private key", "a noodsteunpunt gets the public key only");
            return null;
        }

        var key = AuthorityKey.FromPem(pem);
        if (key is null) Wrong("authority", "is not a key of the authority", remedy);
        return key;
    }

    private byte[] ReadKey(JsonElement fields, string name)
    {
        var remedy = $"write {KeyRing.KeySize * 2} hexadecimal digits";
        var key = new byte[KeyRing.KeySize];
        if (Take(fields, name) is not { } value)
        {
            Wrong(name, "is missing", remedy);
            return key;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (text.Length != key.Length * 2) Wrong(name, $"has {text.Length} characters", remedy);
        else if (Convert.FromHexString(text, key, out _, out _) != OperationStatus.Done) Wrong(name, "holds something that is not a hexadecimal digit", remedy);
        return key;
    }

    private int ReadWhole(JsonElement fields, string name, int least, int most, string whenMissing)
    {
        if (Take(fields, name) is not { } value)
        {
            Wrong(name, "is missing", whenMissing);
            return 0;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        Wrong(name, "is not in range", least == most ? $"write {least}" : $"write a whole number from {least} to {most}");
        return 0;
    }

    private void ReportUnknown(JsonElement fields, string[] known)
    {
        foreach (var property in fields.EnumerateObject())
        {
            if (known.Contains(property.Name)) continue;
            var near = Spelling.Nearest(property.Name, known);
            // A name that is nowhere near may be a key that was pasted in the wrong place.
            if (near is null) Wrong("", "holds a key of JSON that is not known here", $"known here are {string.Join(", ", known)}");
            else Wrong("", $"unknown key near '{near}'", $"did you mean '{near}'?");
        }
    }

    private static JsonElement? Take(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private void Wrong(string key, string problem, string remedy) => errors.Add(new ConfigurationError(path, key, problem, remedy));
}
