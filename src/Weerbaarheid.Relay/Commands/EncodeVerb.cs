using System.CommandLine;
using System.Text;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>encode</c>: messages as JSON, one per line, to one envelope in hexadecimal per line. Needs no running node.</summary>
internal static class EncodeVerb
{
    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var verb = new Verb(
            "encode", "Turn messages (JSON, one per line on standard input) into envelopes (hexadecimal, one per line).",
            "encode < samples/meldingen.jsonl",
            "encode melding --json <<< '{\"category\":\"brand\",\"victims\":2}'",
            "encode --site 11 --sequence 4711 < samples/meldingen.jsonl | weerbaarheid-relay decode");
        var type = new Argument<string?>("TYPE") { Description = "Type of message, when the JSON does not say it.", Arity = ArgumentArity.ZeroOrOne };
        var site = WholeNumber.Option("--site", "ID", "Site that seals; the configuration's when left out.", 1, ushort.MaxValue - 1);
        var sequence = WholeNumber.Option("--sequence", "N", "Number of the first envelope, 1 when left out; each next one takes the next.", 1, ulong.MaxValue);
        verb.Add(type);
        verb.Add(site);
        verb.Add(sequence);
        verb.SetAction(line =>
        {
            if (!TypeNames.TryRead(line.GetValue(type), TypeNames.All, context, out var expected)) return ExitCode.Wrong;
            if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
            using var keys = CommonOptions.LoadKeys(configuration, context);
            if (keys is null) return ExitCode.Wrong;
            var origin = (ushort)(line.GetValue(site) ?? configuration.Site.Id);
            if (!keys.Holds(origin)) return TypeNames.Refuse(context, $"these keys cannot seal for site {origin}; leave --site out, or use the region's keys");
            return Run(keys, origin, expected, line.GetValue(sequence) ?? 1, line.GetValue(common.Json), context);
        });
        return verb;
    }

    private static int Run(KeyRing keys, ushort site, MessageType? expected, ulong first, bool json, VerbContext context)
    {
        context.Error.WriteLine(keys.IsDemonstration
            ? "demonstration keys: anybody can read and forge these envelopes"
            : "sealed with real keys under numbers that the node uses too: look at these envelopes, and never send or publish them");
        var sequence = first;
        var sealer = new EnvelopeSealer(keys, site);
        return LineReader.ForEach(context, MessageJson.MaxSize, line =>
        {
            var problems = sealer.Seal(Encoding.UTF8.GetBytes(line), expected, sequence, out var envelope);
            if (problems.Count > 0) return problems;
            context.Out.WriteLine(json ? Describe(keys, envelope, sequence) : Convert.ToHexStringLower(envelope));
            sequence++;
            return [];
        });
    }

    private static string Describe(KeyRing keys, byte[] envelope, ulong sequence)
    {
        var opened = OpenedEnvelope.Open(keys, envelope, sequence, out var problem) ?? throw new InvalidOperationException($"What was just sealed does not open: {problem}");
        return JsonLine.Object(json =>
        {
            json.WriteString("envelope", Convert.ToHexStringLower(envelope));
            json.WriteString("id", $"{opened.Header.Origin}-{Sequence.NameOf(opened.Sequence)}");
            Breakdown.Write(json, opened);
        });
    }
}
