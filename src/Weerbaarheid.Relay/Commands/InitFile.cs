using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Writes a configuration with comments, for people to change later.</summary>
internal static class InitFile
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(InitAnswers answers)
    {
        var text = new StringBuilder();
        text.Append($"// Site {answers.Site}, made by 'weerbaarheid-relay init'. Change it with any editor; a mistake is told when the node starts.\n{{\n");
        text.Append("  // Who this node is, as its keys say.\n");
        var site = new JsonObject { ["id"] = answers.Site, ["role"] = answers.Role };
        if (answers.Name is { } name) site.Insert(1, "name", name);
        if (answers.Region is { } region) site["region"] = region;
        text.Append($"  \"site\": {Line(site)},\n\n");
        text.Append("  // Where applications and the verbs send, status and report come in, and where the page is; \"off\" switches one off.\n");
        text.Append($"  \"broker\": {Line(answers.Broker)},\n  \"http\": {Line(answers.Http)},\n\n");
        WriteLinks(text, answers);
        WriteKeys(text, answers);
        if (answers.Data is { } data) text.Append($",\n\n  // Where messages wait until the meldkamer has them: a disk that survives power cuts.\n  \"data\": {Line(JsonValue.Create(data))}");
        if (answers.Storage is { } storage) text.Append($",\n\n  \"storage\": {Line(storage)}");
        return text.Append("\n}\n").ToString();
    }

    private static void WriteLinks(StringBuilder text, InitAnswers answers)
    {
        text.Append("  // Ways to neighbours; the first is preferred. On a radio, neighbours must have the same frequency, bandwidth, spreading factor\n  // and coding rate.\n");
        text.Append("  \"links\": [\n");
        foreach (var link in answers.Links) text.Append($"    {Line(link)},\n");
        text.Append("  ],\n\n");
    }

    private static void WriteKeys(StringBuilder text, InitAnswers answers)
    {
        if (answers.KeysFile is { } file) text.Append($"  // Readable by the node's account alone; see it with: weerbaarheid-relay keys show\n  \"keys\": {{ \"file\": {Line(JsonValue.Create(file))} }}");
        else text.Append("  // Published keys: anybody can read along and forge. For trials on a bench only.\n  \"keys\": { \"demonstration\": true }");
    }

    private static string Line(JsonNode? node) => node switch
    {
        JsonObject fields => $"{{ {string.Join(", ", fields.Select(one => $"{Line(JsonValue.Create(one.Key))}: {Line(one.Value)}"))} }}",
        null => "null",
        _ => node.ToJsonString(OneLine),
    };
}
