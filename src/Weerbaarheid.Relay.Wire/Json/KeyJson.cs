using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>JSON of the messages about keys. Keys themselves have no JSON.</summary>
internal static class KeyJson
{
    public static Revocation ReadRevocation(JsonFields fields)
    {
        var given = fields.List("revoked", MessageLimits.Revoked, "[12, 13]");
        var revoked = new ushort[given.Count];
        for (var i = 0; i < revoked.Length; i++) revoked[i] = (ushort)(fields.WholeOf(JsonFields.Place("revoked", i), given[i], 0, ushort.MaxValue) ?? 0);
        var epoch = fields.Required("epoch", fields.Number("epoch", 0, MessageLimits.Epoch), "write the newest key epoch, 0 to 15");
        return new Revocation
        {
            Serial = fields.Required("serial", fields.Number("serial", 1, int.MaxValue), "write the number of the revocation, from 1"),
            Epoch = epoch,
            OldestEpoch = fields.Number("oldestEpoch", 0, epoch) ?? 0,
            Revoked = revoked,
        };
    }

    public static void Write(Utf8JsonWriter json, Revocation revocation)
    {
        json.WriteNumber("serial", revocation.Serial);
        json.WriteNumber("epoch", revocation.Epoch);
        json.WriteNumber("oldestEpoch", revocation.OldestEpoch);
        json.WriteStartArray("revoked");
        foreach (var site in revocation.Revoked) json.WriteNumberValue(site);
        json.WriteEndArray();
    }

    /// <summary>For whom, and of which epoch; not the keys.</summary>
    public static void Write(Utf8JsonWriter json, Rekey rekey)
    {
        json.WriteNumber("forSite", rekey.ForSite);
        json.WriteNumber("epoch", rekey.Epoch);
    }
}
