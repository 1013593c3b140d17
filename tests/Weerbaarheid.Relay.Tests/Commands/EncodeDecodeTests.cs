using System.Text.Json;
using Weerbaarheid.Relay.Commands;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed class EncodeDecodeTests : IDisposable
{
    private const string Melding = """{"type":"melding","priority":1,"exercise":"actueel","category":"gezondheid","victims":1,"location":{"postcode":"9351AB","number":12},"text":"Oudere man niet aanspreekbaar"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-encode-");

    /// <summary>Every type, with every field that it has.</summary>
    public static TheoryData<string> EveryType =>
    [
        """{"type":"melding","priority":1,"exercise":"test","sentAt":"2026-11-24T07:30:00Z","clockTrusted":true,"category":"brand","victims":300,"location":{"postcode":"9351AB","number":12,"letter":"C"},"text":"Rook, ’n beetje"}""",
        """{"type":"melding","priority":2,"exercise":"actueel","location":{"text":"bij de brug"},"text":"x"}""",
        """{"type":"hulpvraag","priority":3,"exercise":"actueel","category":"warmte","people":4,"location":{"rdX":221340,"rdY":577213}}""",
        """{"type":"hulpaanbod","priority":4,"exercise":"actueel","category":"stroom","quantity":2,"availableHours":48,"location":{"site":11},"text":"aggregaat"}""",
        """{"type":"status","priority":4,"exercise":"oefening","state":"open","present":84,"capacity":140,"staff":6,"powerHours":11,"supplies":{"water":3,"food":2},"comms":["lora"],"needs":["water"]}""",
        """{"type":"bulletin","priority":2,"exercise":"actueel","number":8,"validHours":12,"kind":"wijziging","replaces":7,"grip":3,"text":"Kook het water"}""",
        """{"type":"amend","priority":2,"exercise":"actueel","for":"11-4711","kind":"correctie","text":"Het zijn er drie"}""",
        """{"type":"heartbeat","priority":4,"exercise":"actueel","lastRecord":40,"firstWaiting":38,"waiting":2,"uptimeHours":71,"closed":[{"sequence":39,"reason":"vervallen"},{"sequence":40,"reason":"afgewezen"}]}""",
        """{"type":"receipt","priority":2,"exercise":"actueel","forSite":11,"upTo":38,"bitmap":"05","takenUp":[{"sequence":37,"reference":"G-1"},{"sequence":38}]}""",
        """{"type":"sitrap","priority":3,"exercise":"actueel","number":5,"periodMinutes":60,"grip":2,"counts":[1,0,7,300],"rows":[{"site":11,"state":"open","present":84,"powerHours":11,"supplies":{"water":3},"open":2},{"site":12,"state":"vol","open":0}]}""",
        """{"type":"status","priority":4,"exercise":"actueel","state":"gesloten"}""",
    ];

    [Theory]
    [MemberData(nameof(EveryType))]
    public async Task What_is_encoded_decodes_to_the_same_fields(string message)
    {
        var encoded = await Terminal.RunAsync(message, "encode", "--site", "11", "--sequence", "4711");
        Assert.Equal(0, encoded.Code);
        var decoded = await Terminal.RunAsync(encoded.Out, "decode");
        Assert.Equal((0, ""), (decoded.Code, decoded.Error));
        var (got, gave) = (Fields(decoded.Out), Fields(message));
        Assert.Equal("\"11-4711\"", got["id"]);
        Assert.Equal(gave, got.Where(field => gave.ContainsKey(field.Key)).ToDictionary());
    }

    [Theory]
    [MemberData(nameof(EveryType))]
    public async Task Every_byte_is_explained_exactly_once_by_both_verbs(string message)
    {
        var encoded = await Terminal.RunAsync(message, "encode", "--json", "--site", "11");
        var decoded = await Terminal.RunAsync(encoded.Out, "decode", "--json");
        using var one = JsonDocument.Parse(encoded.Out);
        using var two = JsonDocument.Parse(decoded.Out);
        Assert.Equal(one.RootElement.GetProperty("parts").GetRawText(), two.RootElement.GetProperty("parts").GetRawText());

        var length = one.RootElement.GetProperty("length").GetInt32();
        Assert.Equal(length * 2, one.RootElement.GetProperty("envelope").GetString()!.Length);
        var next = 0;
        foreach (var part in one.RootElement.GetProperty("parts").EnumerateArray())
        {
            Assert.Equal(next, part.GetProperty("offset").GetInt32());
            Assert.True(part.GetProperty("length").GetInt32() > 0, part.GetRawText());
            Assert.NotEqual("", part.GetProperty("name").GetString());
            Assert.DoesNotContain("nothing", part.GetProperty("meaning").GetString(), StringComparison.Ordinal);
            next += part.GetProperty("length").GetInt32();
        }

        Assert.Equal(length, next);
    }

    [Fact]
    public async Task A_line_that_is_not_utf_8_is_refused_and_the_next_one_is_read()
    {
        // What Program.cs puts in the place of such bytes.
        var run = await Terminal.RunAsync($"{{\"type\":\"melding\",\"text\":\"caf{VerbContext.NotText}\"}}\n{{\"type\":\"melding\",\"text\":\"brand\"}}", "encode");
        Assert.Equal((ExitCode.Failed, 1), (run.Code, run.OutLines.Length));
        Assert.Contains("line 1: is not UTF-8; save the text as UTF-8", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parts_say_what_the_bytes_mean()
    {
        var encoded = await Terminal.RunAsync(Melding, "encode", "--json", "--site", "11", "--sequence", "4711");
        using var document = JsonDocument.Parse(encoded.Out);
        var parts = document.RootElement.GetProperty("parts").EnumerateArray()
            .Select(part => $"{part.GetProperty("name").GetString()} {part.GetProperty("offset")}+{part.GetProperty("length")} {part.GetProperty("meaning").GetString()}");
        Assert.Equal(
            [
                "version, mode, epoch 0+1 version 1, sealed, key epoch 0",
                "type, priority, exercise 1+1 melding, priority 1, actueel",
                "origin 2+2 site 11",
                "sequence 4+3 low 24 bits of 4711, in the series of records",
                "body 7+1 array of 5 fields",
                "sentAt 8+1 not known",
                "category 9+1 gezondheid",
                "location 10+7 {\"postcode\":\"9351AB\",\"number\":12}",
            ],
            parts.Take(8));
        Assert.Contains("victims", parts.ElementAt(9), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_count_up_and_a_bad_line_takes_none_and_stops_nothing()
    {
        var encoded = await Terminal.RunAsync($"{Melding}\n\n{{\"type\":\"melding\",\"victms\":1}}\nrommel\n{Melding}\n", "encode", "--site", "11", "--sequence", "7");
        Assert.Equal(1, encoded.Code);
        Assert.Equal(2, encoded.OutLines.Length);
        Assert.Contains("line 3: unknown field 'victms'; did you mean 'victims'?", encoded.ErrorLines);
        Assert.Contains("line 3: category: is missing, and there is no text either; write a text, or one of alarm, bezitsaantasting, brand, dienstverlening, gezondheid, leefmilieu, ongeval, veiligheid, verkeer", encoded.ErrorLines);
        Assert.Contains("line 4: this is not JSON from line 1, byte 1; write one JSON object; check quotes, commas and braces there", encoded.ErrorLines);

        var decoded = await Terminal.RunAsync(encoded.Out, "decode");
        Assert.Equal(["\"11-7\"", "\"11-8\""], decoded.OutLines.Select(line => Fields(line)["id"]));
    }

    [Fact]
    public async Task A_type_on_the_command_line_may_be_left_out_of_the_JSON()
    {
        var encoded = await Terminal.RunAsync("""{"category":"water"}""", "encode", "hulpvraag");
        var decoded = await Terminal.RunAsync(encoded.Out, "decode");
        Assert.Equal("\"hulpvraag\"", Fields(decoded.Out)["type"]);
    }

    [Theory]
    [InlineData(16777215UL, null)]
    [InlineData(16777217UL, null)]
    [InlineData(150994943UL, null)]
    [InlineData(900000000000UL, "900000000010")]
    public async Task The_bits_that_are_not_sent_are_worked_out(ulong sequence, string? hint)
    {
        var encoded = await Terminal.RunAsync(Melding, "encode", "--sequence", $"{sequence}");
        var decoded = await Terminal.RunAsync(encoded.Out, ["decode", .. hint is null ? Array.Empty<string>() : ["--sequence", hint]]);
        var number = sequence < Sequence.Modulus ? $"{sequence}" : $"{sequence / Sequence.Modulus}.{sequence % Sequence.Modulus}";
        Assert.Equal($"\"1-{number}\"", Fields(decoded.Out)["id"]);
    }

    [Fact]
    public async Task Every_flipped_bit_and_every_cut_is_noticed_and_the_line_is_named()
    {
        var envelope = Convert.FromHexString((await Terminal.RunAsync("""{"type":"melding","text":"x"}""", "encode")).Out.Trim());
        var damaged = new List<string>();
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            var copy = (byte[])envelope.Clone();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            damaged.Add(Convert.ToHexStringLower(copy));
        }

        for (var length = 1; length < envelope.Length; length++) damaged.Add(Convert.ToHexStringLower(envelope.AsSpan(0, length)));
        var decoded = await Terminal.RunAsync(string.Join('\n', damaged), "decode");

        Assert.Equal((1, ""), (decoded.Code, decoded.Out));
        Assert.Equal(damaged.Count, decoded.ErrorLines.Length);
        Assert.All(decoded.ErrorLines, (error, i) => Assert.StartsWith($"line {i + 1}: ", error, StringComparison.Ordinal));
        Assert.Contains($"line {(envelope.Length * 8) - 1}: the tag does not fit: damaged, or sealed with other keys", decoded.ErrorLines);
        Assert.Contains($"line {(envelope.Length * 8) + 3}: has 3 bytes; an envelope has at least 15, so this one is cut off", decoded.ErrorLines);
    }

    [Theory]
    [InlineData("xyz", "line 1: is not hexadecimal, two digits for each byte")]
    [InlineData("{\"id\":1}", "line 1: is not hexadecimal, two digits for each byte")]
    [InlineData("ffffffffffffffffffffffffffffffff", "line 1: does not begin as an envelope does: no such version, mode, type or flag; damaged, or of a newer version")]
    public async Task What_is_no_envelope_is_said_to_be_none(string line, string error) =>
        Assert.Equal([error], (await Terminal.RunAsync(line, "decode")).ErrorLines);

    [Fact]
    public async Task A_line_without_an_end_is_refused_before_it_fills_the_memory()
    {
        var decoded = await Terminal.RunAsync(new string('0', 200_000) + "\nzz", "decode");
        Assert.Equal(["line 1: has more than 65536 characters", "line 2: is not hexadecimal, two digits for each byte"], decoded.ErrorLines);
    }

    [Fact]
    public async Task Keys_of_the_configuration_are_used_and_only_they_open()
    {
        var keys = Path.Combine(_folder.FullName, "region.keys");
        KeyFile.WriteRegion(keys, 2, Enumerable.Repeat((byte)7, 32).ToArray(), null);
        var config = Path.Combine(_folder.FullName, "relay.json");
        await File.WriteAllTextAsync(config, """{ "site": { "id": 1, "role": "meldkamer" }, "keys": { "file": "region.keys" } }""");

        var encoded = await Terminal.RunAsync(Melding, "encode", "--config", config);
        Assert.Contains("never send", encoded.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await Terminal.RunAsync(encoded.Out, "decode", "--config", config)).Code);
        Assert.Equal(
            ["line 1: says key epoch 2, and these keys are of epoch 0: damaged, or sealed with other keys"],
            (await Terminal.RunAsync(encoded.Out, "decode")).ErrorLines);
        var bulletin = await Terminal.RunAsync("""{"type":"bulletin","number":1,"text":"x"}""", "encode", "--config", config);
        Assert.Contains("line 1: a bulletin is signed with the authority's private key, and these keys do not hold it", bulletin.ErrorLines);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Dictionary<string, string> Fields(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetRawText());
    }
}
