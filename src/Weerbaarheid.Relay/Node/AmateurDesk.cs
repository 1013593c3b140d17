using System.Text.Json;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>Where operators arm and disarm the amateur links of a node.</summary>
internal sealed class AmateurDesk(IEnumerable<ILink> links)
{
    private const string Form = "{\"link\": \"ham\", \"operator\": \"PD1ABC Jan\", \"hours\": 4}";

    private readonly List<AmateurLink> _links = [.. links.OfType<AmateurLink>()];

    /// <summary>Does what an operator asks.</summary>
    /// <param name="arms">Arm; else disarm.</param>
    /// <param name="request">JSON: <c>link</c>, and to arm it <c>operator</c> and <c>hours</c>.</param>
    public SubmitOutcome Handle(bool arms, ReadOnlyMemory<byte> request)
    {
        if (!TryRead(request, out var name, out var operatorName, out var hours)) return Invalid($"The request is not JSON as in {Form}.");
        if (_links.Find(one => one.Description.Name == name) is not { } link)
            return Invalid($"This node has no amateur link '{name}'; {(_links.Count == 0 ? "a kiss link becomes one with \"amateur\": true" : $"it has {string.Join(", ", _links.Select(one => one.Description.Name))}")}.");
        if (!arms) return link.Disarm() is { } problem ? Invalid(problem) : SubmitOutcome.Accepted(default);
        if (!Arming.IsOperator(operatorName)) return Invalid("The operator is named by call sign and name, such as PD1ABC Jan.");
        if (hours is < 1 or > Arming.MostHours) return Invalid($"A link is armed for 1 to {Arming.MostHours} hours.");
        return link.Arm(operatorName, TimeSpan.FromHours(hours)) is { } refused ? Invalid(refused) : SubmitOutcome.Accepted(default);
    }

    private static SubmitOutcome Invalid(string reason) => SubmitOutcome.Refused(Refusal.Invalid, reason);

    private static bool TryRead(ReadOnlyMemory<byte> request, out string link, out string operatorName, out int hours)
    {
        (link, operatorName, hours) = ("", "", 0);
        try
        {
            using var document = JsonDocument.Parse(request);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("link", out var given) || given.ValueKind != JsonValueKind.String) return false;
            link = given.GetString()!;
            if (json.TryGetProperty("operator", out var who) && who.ValueKind == JsonValueKind.String) operatorName = who.GetString()!;
            if (json.TryGetProperty("hours", out var time) && time.ValueKind == JsonValueKind.Number) time.TryGetInt32(out hours);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or half a surrogate pair in a text.
            return false;
        }
    }
}
