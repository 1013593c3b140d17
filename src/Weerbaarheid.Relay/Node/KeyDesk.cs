using System.Text.Json;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Node;

/// <summary>Where the operator of a meldkamer orders what becomes of the region's keys; the core decides whether it may.</summary>
/// <param name="hand">Hands an order to the core.</param>
internal sealed class KeyDesk(Func<KeyOrder, CancellationToken, ValueTask<Task<SubmitOutcome>>> hand)
{
    private const int MostSites = 256;

    /// <summary>Does what an operator asks.</summary>
    /// <param name="topic">Which of the three orders.</param>
    /// <param name="request">JSON: <c>sites</c> to revoke, <c>epoch</c> to close, and <c>atOnce</c>.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public async ValueTask<Task<SubmitOutcome>> HandleAsync(string topic, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) => Read(topic, request) is { } order
        ? await hand(order, cancellationToken)
        : Task.FromResult(SubmitOutcome.Refused(Refusal.Invalid, $"The request is not JSON as in {Form(topic)}."));

    private static string Form(string topic) => topic switch
    {
        Topics.KeysRevoke => "{\"sites\": [12], \"atOnce\": false}",
        Topics.KeysClose => "{\"epoch\": 0, \"atOnce\": false}",
        _ => "{\"atOnce\": false}",
    };

    private static KeyOrder? Read(string topic, ReadOnlyMemory<byte> request)
    {
        try
        {
            using var document = JsonDocument.Parse(request);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object) return null;
            var atOnce = json.TryGetProperty("atOnce", out var flag) && flag.ValueKind == JsonValueKind.True;
            if (topic == Topics.KeysRotate) return new KeyOrder(KeyOrderKind.Rotate, [], 0, atOnce);
            if (topic == Topics.KeysClose)
                return json.TryGetProperty("epoch", out var given) && given.TryGetByte(out var epoch) && epoch <= KeyRing.MaxEpoch ? new KeyOrder(KeyOrderKind.Close, [], epoch, atOnce) : null;
            return json.TryGetProperty("sites", out var list) && ReadSites(list) is { } sites ? new KeyOrder(KeyOrderKind.Revoke, sites, 0, atOnce) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a text where a number belongs.
            return null;
        }
    }

    private static List<ushort>? ReadSites(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostSites) return null;
        var sites = new List<ushort>();
        foreach (var one in list.EnumerateArray())
        {
            if (!one.TryGetUInt16(out var site) || site is 0 or ushort.MaxValue) return null;
            sites.Add(site);
        }

        return sites;
    }
}
