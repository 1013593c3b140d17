using System.Text;
using System.Text.Json;
using MessagePack;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Tests;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>What applications hand in.</summary>
internal static class IntakeTargets
{
    private static readonly string[] Topics = [.. new[] { "melding", "hulpvraag", "hulpaanbod", "status", "bulletin", "amend", "melding", "x" }.Select(type => $"weerbaarheid/v1/in/{type}")];
    private static readonly string?[] ContentTypes = [null, "application/json", "application/msgpack", "application/vnd.msgpack; x=y"];
    private static readonly AmateurDesk Desk = new([]);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("intake", Intake, () => [.. HandedIn().Select(one => (byte[])[one.Topic, .. one.Json]), .. HandedIn().Select(one => (byte[])[one.Topic, .. Pack(one.Json)])]) { Share = 20, Words = FuzzCorpus.JsonWords, Longest = 4_096 },
        new("transcode", Transcode, Packed) { Share = 15, MostAllocated = 2 << 20 },
        new("amateur", bytes => Desk.Handle(true, bytes.ToArray()).Reason.Contains("no amateur link", StringComparison.Ordinal), () => ["""{"link": "ham", "operator": "PD1ABC Jan", "hours": 4}"""u8.ToArray()])
        {
            Share = 2,
            Words = FuzzCorpus.JsonWords,
        },
    ];

    /// <summary>The first byte chooses topic and content type. Accepted is what the core can store, or refuses for its length alone.</summary>
    private static bool Intake(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        var payload = input[1..].ToArray();
        var (topic, contentType) = (Topics[input[0] & 7], ContentTypes[(input[0] >> 3) & 3]);
        var result = IntakeParser.Parse(topic, contentType, payload, (input[0] & 0x20) != 0);
        Require(result.Submission is null == (result.Errors.Count > 0), "a verdict without its reason");
        Require(result.Errors.All(error => error.Length is > 0 and < 1_000), "an error that is no sentence");
        if (result.Submission is not { Message: var message }) return false;
        Require(MessageRules.Problem(message) is null, "a message that breaks a rule");
        var body = new byte[MessageLimits.Body];
        var length = MessageCodec.Encode(message, body);
        var head = new MessageHead(message.Type, message.Priority, message.Exercise, 0);
        Require(length == 0 || MessageCodec.TryValidate(head, body.AsSpan(0, length), out _), "what was accepted cannot be read by others");
        return true;
    }

    private static bool Transcode(ReadOnlySpan<byte> input)
    {
        var whole = MessagePackToJson.TryTranscode(input.ToArray(), out var json, out var error);
        Require(whole == (error.Length == 0), "a verdict without its reason");
        if (!whole) return false;
        // One value more than the limit may have been written; a control character of one byte becomes six.
        Require(json.Length <= MessagePackToJson.MaxJson + (6 * input.Length), "more JSON than the limit");
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MessagePackToJson.MaxDepth });
        return true;
    }

    private static IReadOnlyList<byte[]> Packed() => [.. HandedIn().Select(one => Pack(one.Json))];

    private static byte[] Pack(byte[] json) => MessagePackSerializer.ConvertFromJson(Encoding.UTF8.GetString(json));

    /// <summary>What an application may hand in, and the place of its topic.</summary>
    private static IEnumerable<(byte Topic, byte[] Json)> HandedIn()
    {
        foreach (var json in FuzzCorpus.Json())
        {
            using var document = JsonDocument.Parse(json);
            var place = Array.IndexOf(Topics, $"weerbaarheid/v1/in/{document.RootElement.GetProperty("type").GetString()}");
            if (place >= 0) yield return ((byte)place, json);
        }
    }
}
