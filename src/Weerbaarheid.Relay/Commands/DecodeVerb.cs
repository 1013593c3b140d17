using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>decode</c>: one envelope in hexadecimal per line to one message as JSON per line. Needs no running node.</summary>
internal static class DecodeVerb
{
    private const int LongestLine = 65536;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var verb = new Verb(
            "decode", "Turn envelopes (hexadecimal, one per line on standard input) into messages (JSON, one per line).",
            "decode < envelopes.hex", "decode --json --config /etc/weerbaarheid-relay/relay.json < envelopes.hex");
        var sequence = WholeNumber.Option("--sequence", "N", "A number near those of the envelopes; only needed beyond 150 million.", 0, ulong.MaxValue);
        verb.Add(sequence);
        verb.SetAction(line =>
        {
            if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
            using var keys = CommonOptions.LoadKeys(configuration, context);
            if (keys is null) return ExitCode.Wrong;
            var (near, withParts) = (line.GetValue(sequence) ?? 0, line.GetValue(common.Json));
            return LineReader.ForEach(context, LongestLine, text => Decode(text, keys, near, withParts, context.Out));
        });
        return verb;
    }

    private static string[] Decode(string line, KeyRing keys, ulong near, bool withParts, TextWriter output)
    {
        if (ReadHex(line) is not { } envelope) return ["is not hexadecimal, two digits for each byte"];
        if (OpenedEnvelope.Open(keys, envelope, near, out var problem) is not { } opened) return [problem];
        output.WriteLine(JsonLine.Object(json =>
        {
            json.WriteString("id", $"{opened.Header.Origin}-{Sequence.NameOf(opened.Sequence)}");
            json.WriteNumber("origin", opened.Header.Origin);
            json.WriteNumber("sequence", opened.Sequence);
            MessageJson.Write(json, opened.Message);
            if (withParts) Breakdown.Write(json, opened);
        }));
        return [];
    }

    /// <summary>Also takes a line as <c>encode --json</c> writes it.</summary>
    private static byte[]? ReadHex(string line)
    {
        var digits = line[0] == '{' ? EnvelopeOf(line) : line;
        if (digits is null || digits.Length % 2 != 0) return null;
        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done ? bytes : null;
    }

    private static string? EnvelopeOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("envelope", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
