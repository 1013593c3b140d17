using System.Text;
using MessagePack;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Json;

public sealed class MapTests
{
    [Fact]
    public void A_map_reads_as_the_same_message_as_its_json()
    {
        string[] submitted =
        [
            """{"type":"melding","priority":1,"category":"gezondheid","victims":1,"location":{"postcode":"9351AB","number":12},"text":"Hé \"daar\"","clientRef":"b7c1"}""",
            """{"type":"melding","category":"brand","location":{"lat":53.21938317,"lon":6.56820053},"victims":null}""",
            """{"type":"status","state":"open","present":84,"supplies":{"water":3},"comms":["lora"],"needs":[]}""",
        ];
        foreach (var json in submitted)
        {
            var map = MessagePackSerializer.ConvertFromJson(json);
            Assert.True(MessageJson.StartsMap(map));
            Assert.False(MessageJson.StartsMap(Encoding.UTF8.GetBytes(json)));
            Assert.True(MessageJson.TryParseMap(map, null, out var parsed, out var errors), string.Join('\n', errors));
            Assert.Equal(MessageJsonTests.Parse(json), parsed);
        }
    }

    [Fact]
    public void A_mistake_in_a_map_gets_the_same_sentence()
    {
        var map = MessagePackSerializer.ConvertFromJson("""{"text":"x","victim":1,"priority":9}""");
        Assert.False(MessageJson.TryParseMap(map, MessageType.Melding, out _, out var errors));
        Assert.Equal(["priority: 9 is out of range; write a whole number from 1 to 4", "unknown field 'victim'; did you mean 'victims'?"], errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_map_with_bytes_in_it_or_bytes_after_it_is_refused()
    {
        byte[][] refused =
        [
            [], [0x80, 0xC0], [0x90], [0x81, 0x01, 0x01], [0x81, 0xA1, 0x61, 0xC4, 0x00], [0x81, 0xA1, 0x61, 0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0],
            [.. Enumerable.Repeat(new byte[] { 0x81, 0xA1, 0x61 }, 9).SelectMany(level => level), 0x01], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
        ];
        foreach (var map in refused)
        {
            Assert.False(MessageJson.TryParseMap(map, MessageType.Melding, out _, out var errors));
            Assert.StartsWith("this is not a MessagePack map", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mutated_maps_never_throw()
    {
        var random = new RandomMessages(5);
        var good = MessagePackSerializer.ConvertFromJson("""{"type":"status","state":"open","present":84,"supplies":{"water":3},"comms":["lora"]}""");
        for (var i = 0; i < 20_000; i++)
        {
            byte[] map = [.. good];
            for (var change = 0; change < 3; change++) map[random.Below(map.Length)] = random.Bytes(1)[0];
            var read = MessageJson.TryParseMap(map, null, out _, out var errors);
            Assert.Equal(read, errors.Count == 0);
        }
    }
}
