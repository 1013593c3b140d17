using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Json;

public sealed class MessageJsonTests
{
    private const string Meldingen = "alarm, bezitsaantasting, brand, dienstverlening, gezondheid, leefmilieu, ongeval, veiligheid, verkeer";
    private const string Types = "melding, hulpvraag, hulpaanbod, status, bulletin, amend";

    [Fact]
    public void An_empty_client_reference_is_none()
    {
        Assert.True(MessageJson.TryParse("""{"text":"x","clientRef":""}"""u8, MessageType.Melding, out var parsed, out _));
        Assert.Null(parsed.ClientRef);
    }

    [Fact]
    public void The_examples_of_the_interface_are_read()
    {
        var melding = Parse("""
            { "type": "melding", "priority": 1, "category": "gezondheid", "victims": 1,
              "location": { "postcode": "9351AB", "number": 12 }, "text": "Oudere man niet aanspreekbaar in hal sporthal", "clientRef": "b7c1" }
            """);
        Assert.Equal("b7c1", melding.ClientRef);
        Assert.Equal(
            new Melding
            {
                Priority = 1,
                Category = 5,
                Victims = 1,
                Location = new AddressLocation("9351AB", 12, null),
                Text = "Oudere man niet aanspreekbaar in hal sporthal",
            },
            melding.Message);

        var status = Parse("""
            { "type": "status", "state": "open", "present": 84, "capacity": 140, "staff": 6, "powerHours": 11,
              "supplies": { "water": 3, "food": 2, "firstAid": 4, "fuel": 1, "heat": 3 }, "comms": ["lora"], "needs": ["water"] }
            """);
        Assert.Null(status.ClientRef);
        Assert.Equal(
            new Status
            {
                Priority = 4,
                State = SiteState.Open,
                Present = 84,
                Capacity = 140,
                Staff = 6,
                PowerHours = 11,
                Supplies = new Supplies(3, 2, 4, 1, 3),
                Comms = 32,
                Needs = 1,
            },
            status.Message);
    }

    [Theory]
    [InlineData("""{"category":"brand"}""", "melding", 2)]
    [InlineData("""{"category":"water"}""", "hulpvraag", 3)]
    [InlineData("""{"text":"Tien bedden"}""", "hulpaanbod", 4)]
    [InlineData("""{"number":8,"text":"Kook het drinkwater"}""", "bulletin", 2)]
    [InlineData("""{"for":"11-4711","kind":"intrekking"}""", "amend", 2)]
    [InlineData("""{"state":"vol"}""", "status", 4)]
    public void A_type_that_the_topic_says_may_be_left_out_and_priority_has_a_default(string json, string topic, int priority)
    {
        var type = Enum.Parse<MessageType>(topic, ignoreCase: true);
        Assert.True(MessageJson.TryParse(Encoding.UTF8.GetBytes(json), type, out var parsed, out var errors), string.Join('\n', errors));
        Assert.Equal(type, parsed.Message.Type);
        Assert.Equal(priority, parsed.Message.Priority);
        Assert.Equal(Exercise.Actueel, parsed.Message.Exercise);
    }

    [Theory]
    [InlineData("""{"location":{"postcode":"9351A"},"text":"x"}""", "location.postcode: \"9351A\" is not a postcode; write 4 digits and 2 letters, such as 9351AB")]
    [InlineData("""{"location":{"postcode":"0123AB"},"text":"x"}""", "location.postcode: \"0123AB\" is not a postcode; write 4 digits and 2 letters, such as 9351AB")]
    [InlineData("""{"text":"x","victim":1}""", "unknown field 'victim'; did you mean 'victims'?")]
    [InlineData("""{"text":"x","Priority":1}""", "unknown field 'Priority'; did you mean 'priority'?")]
    [InlineData("""{"text":"x","weather":1}""", "unknown field 'weather'; known here are type, priority, exercise, clockTrusted, sentAt, text, category, location, victims, clientRef")]
    [InlineData("""{"text":"x","victims":"2"}""", "victims: \"2\" is text; write a whole number from 0 to 65535, without quotes")]
    [InlineData("""{"text":"x","victims":70000}""", "victims: 70000 is out of range; write a whole number from 0 to 65535")]
    [InlineData("""{"text":"x","victims":-1}""", "victims: -1 is out of range; write a whole number from 0 to 65535")]
    [InlineData("""{"text":"x","victims":1.5}""", "victims: 1.5 is not a whole number here; write a whole number from 0 to 65535")]
    [InlineData("""{"text":"x","priority":5}""", "priority: 5 is out of range; write a whole number from 1 to 4")]
    [InlineData("""{"text":"x","exercise":"drill"}""", "exercise: \"drill\" is not an exercise flag; write one of actueel, oefening, test")]
    [InlineData("""{"category":"brnad"}""", "category: \"brnad\" is not a category of a melding; write one of " + Meldingen)]
    [InlineData("""{"victims":1}""", "category: is missing, and there is no text either; write a text, or one of " + Meldingen)]
    [InlineData("""{"text":"  "}""", "category: is missing, and there is no text either; write a text, or one of " + Meldingen)]
    [InlineData("""{"text":12}""", "text: 12 is not text; write text between quotes")]
    [InlineData("""{"text":"x","text":"y"}""", "field 'text' stands here twice; give it once")]
    [InlineData("""{"text":"x","location":"Dorpsstraat 1"}""", "location: \"Dorpsstraat 1\" is not an object; write an object, such as {\"postcode\": \"9351AB\", \"number\": 12}")]
    [InlineData("""{"text":"x","location":{}}""", "location: names no place; write an object, such as {\"postcode\": \"9351AB\", \"number\": 12}, or leave location out")]
    [InlineData("""{"text":"x","location":{"postcode":"9351AB","site":3}}""", "location: gives an address and a site; give one of them, and the rest in the text of the message")]
    [InlineData("""{"text":"x","location":{"number":3}}""", "location.postcode: is missing; write 4 digits and 2 letters, such as 9351AB")]
    [InlineData("""{"text":"x","location":{"lat":48.85,"lon":2.35}}""", "location: lat 48.85, lon 2.35 is outside the Dutch grid; write lat 50.7 to 53.6 and lon 3.2 to 7.3, or a text")]
    [InlineData("""{"text":"x","location":{"lat":0,"lon":0}}""", "location: lat 0, lon 0 is outside the Dutch grid; write lat 50.7 to 53.6 and lon 3.2 to 7.3, or a text")]
    [InlineData("""{"text":"x","location":{"lat":53.2}}""", "location.lon: is missing; write degrees east, such as 6.5682")]
    [InlineData("""{"text":"a\ud800b"}""", "text: holds half a surrogate pair; write whole characters")]
    [InlineData("""{"text":"x","\udc00":1}""", "a field's name holds half a surrogate pair; write whole characters")]
    [InlineData("""{"text":"x","sentAt":"gisteren"}""", "sentAt: \"gisteren\" is not a moment; write UTC to the second, such as 2026-11-24T07:30:00Z, from 2026-01-01T00:00:01Z")]
    [InlineData("""{"text":"x","type":"status"}""", "type: \"status\" does not belong here; write \"melding\" or leave type out")]
    [InlineData("""{"text":"x" "victims":1}""", "this is not JSON from line 1, byte 13; write one JSON object; check quotes, commas and braces there")]
    [InlineData("{\"text\":\"x\",\n \"victims\": }", "this is not JSON from line 2, byte 13; write one JSON object; check quotes, commas and braces there")]
    [InlineData("""{"text":"x"} {}""", "this is not JSON from line 1, byte 14; write one JSON object; check quotes, commas and braces there")]
    [InlineData("[1]", "a list is not a message; write one JSON object between braces")]
    [InlineData("", "this is not JSON from line 1, byte 1; write one JSON object; check quotes, commas and braces there")]
    public void One_mistake_is_one_sentence_with_its_place_and_its_remedy(string json, string expected) =>
        Assert.Equal([expected], Errors(json, MessageType.Melding));

    [Theory]
    [InlineData("""{"text":"x"}""", "type: is missing; write one of " + Types)]
    [InlineData("""{"type":"meldin"}""", "type: \"meldin\" is not a type of message; write one of " + Types)]
    [InlineData("""{"type":"heartbeat"}""", "type: \"heartbeat\" is made by the system itself; write one of " + Types)]
    [InlineData("""{"type":"amend","for":"11/4711","kind":"afgehandeld"}""", "for: \"11/4711\" is not the id of a message; write site-sequence, such as 11-4711")]
    [InlineData("""{"type":"amend","for":"11-4711","kind":"aanvulling"}""", "text: is missing; write what is added or corrected")]
    [InlineData("""{"type":"amend","for":"11-4711","kind":"inBehandeling","text":"01234567890123456789012345678901234567890"}""", "text: has 41 characters, 1 too many; write at most 40")]
    [InlineData("""{"type":"bulletin","text":"x"}""", "number: is missing; write the region's number of the bulletin, from 1")]
    [InlineData("""{"type":"bulletin","number":1}""", "text: is missing; write what everybody must know")]
    [InlineData("""{"type":"status"}""", "state: is missing; write one of gesloten, opstarten, open, vol, ontruimd")]
    [InlineData("""{"type":"status","state":"open","supplies":{"watr":3}}""", "supplies: unknown field 'watr'; did you mean 'water'?")]
    [InlineData("""{"type":"status","state":"open","supplies":{"water":5}}""", "supplies.water: 5 is out of range; write a whole number from 0 to 4")]
    [InlineData("""{"type":"status","state":"open","comms":["lora","duif"]}""", "comms[1]: \"duif\" is not a means of communication; write one of 112, c2000, ncv, satelliet, dares, lora, internet")]
    [InlineData("""{"type":"status","state":"open","comms":"lora"}""", "comms: \"lora\" is not a list; write a list, such as [\"112\"]")]
    public void The_same_goes_for_every_other_type(string json, string expected) => Assert.Equal([expected], Errors(json, null));

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var errors = Errors("""{"priority":0,"category":"x","victims":"veel","location":{"postcode":"1","number":-1,"huis":1},"clientRef":7}""", MessageType.Melding);
        Assert.Equal(7, errors.Count);
        Assert.Contains("clientRef: 7 is not text; write text between quotes", errors);
        Assert.Contains("location.number: -1 is out of range; write a whole number from 0 to 99999", errors);
    }

    [Fact]
    public void The_number_of_mistakes_and_their_length_are_limited()
    {
        var flood = "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"{new string('f', 20)}{i}\":{i}")) + "}";
        var errors = Errors(flood, MessageType.Melding);
        Assert.Equal(20, errors.Count);
        var cut = Errors("{\"category\":\"" + new string('x', 9000) + "\"}", MessageType.Melding);
        Assert.InRange(Assert.Single(cut).Length, 1, 250);
        Assert.Equal(["the message has 16385 bytes; write at most 16384"], Errors(new string(' ', 16385), null));
    }

    [Theory]
    [InlineData("""{"postcode":"9351 ab","number":12,"letter":"b"}""", """{"postcode":"9351AB","number":12,"letter":"B"}""")]
    [InlineData("""{"rdX":233883,"rdY":582065}""", """{"rdX":233883,"rdY":582065}""")]
    [InlineData("""{"rdX":233880,"rdY":582060,"precision":1}""", """{"rdX":233880,"rdY":582060,"precision":1}""")]
    [InlineData("""{"lat":53.21938317,"lon":6.56820053}""", """{"rdX":233883,"rdY":582065}""")]
    [InlineData("""{"site":11}""", """{"site":11}""")]
    [InlineData("""{"text":"achter de molen"}""", """{"text":"achter de molen"}""")]
    public void Every_form_of_a_place_is_read_and_written_the_same_way(string given, string written)
    {
        var message = Parse($$"""{"type":"melding","category":"brand","location":{{given}}}""").Message;
        Assert.Contains("\"location\":" + written, Write(message), StringComparison.Ordinal);
    }

    [Fact]
    public void Tens_of_metres_are_taken_as_tens_of_metres()
    {
        var message = (Melding)Parse("""{"type":"melding","category":"brand","location":{"rdX":233880,"rdY":582060}}""").Message;
        Assert.Equal(new GridLocation(233_880, 582_060, 10), message.Location);
    }

    [Fact]
    public void What_is_written_reads_back_as_the_same_message()
    {
        var messages = new RandomMessages(31);
        for (var i = 0; i < 3000; i++)
        {
            var message = Accepted(messages.Next());
            if (message is Rekey) continue;
            Assert.True(MessageJson.TryParse(Encoding.UTF8.GetBytes(Write(message)), null, true, out var parsed, out var errors), string.Join('\n', errors));
            Same.Message(message, parsed.Message);
            Assert.Null(MessageRules.Problem(parsed.Message));
        }
    }

    [Fact]
    public void A_category_that_is_newer_than_the_table_is_a_number()
    {
        Assert.Contains("\"category\":77", Write(new Melding { Category = 77 }), StringComparison.Ordinal);
        Assert.Contains("\"comms\":[\"lora\",31]", Write(new Status { Comms = (1u << 31) | 32 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_the_same_as_not_given() =>
        Assert.Equal(new Melding { Priority = 2, Text = "x" }, Parse("""{"type":"melding","text":"x","victims":null,"location":null,"category":null}""").Message);

    [Fact]
    public void A_rekey_is_shown_without_its_keys_and_cannot_be_handed_in()
    {
        var rekey = new Rekey { Priority = 2, ForSite = 11, Epoch = 1, SiteKey = Enumerable.Repeat((byte)0xAB, 32).ToArray(), NetworkKey = Enumerable.Repeat((byte)0xCD, 32).ToArray() };
        Assert.Equal("""{"type":"rekey","priority":2,"exercise":"actueel","forSite":11,"epoch":1}""", Write(rekey));
        Assert.DoesNotContain("Key", rekey.ToString(), StringComparison.Ordinal);
        Assert.False(MessageJson.TryParse(Encoding.UTF8.GetBytes(Write(rekey)), null, true, out _, out _));
        Assert.False(MessageJson.TryParse("""{"type":"revocation","serial":1,"epoch":0}"""u8, null, out _, out var errors));
        Assert.Contains("made by the system itself", errors[0].ToString(), StringComparison.Ordinal);
    }

    internal static string Write(Message message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            MessageJson.Write(json, message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static ParsedMessage Parse(string json)
    {
        Assert.True(MessageJson.TryParse(Encoding.UTF8.GetBytes(json), null, true, out var parsed, out var errors), string.Join('\n', errors));
        return parsed;
    }

    /// <summary>Gives a message what an application must give, which the wire does not ask.</summary>
    private static Message Accepted(Message message) => message switch
    {
        Melding { Category: 0 } m => m with { Category = 1 },
        Hulpvraag { Category: 0 } h => h with { Category = 1 },
        Hulpaanbod { Category: 0 } h => h with { Category = 1 },
        Bulletin { Kind: not BulletinKind.Intrekking } b => b with { Text = "Kook het drinkwater" },
        Amend { Kind: AmendKind.InBehandeling } a => a with { Text = "G-123" },
        Amend { Kind: AmendKind.Aanvulling or AmendKind.Correctie } a => a with { Text = "meer water" },
        _ => message,
    };

    private static List<string> Errors(string json, MessageType? expected)
    {
        Assert.False(MessageJson.TryParse(Encoding.UTF8.GetBytes(json), expected, out var parsed, out var errors));
        Assert.Null(parsed.Message);
        return [.. errors.Select(error => error.ToString())];
    }
}
