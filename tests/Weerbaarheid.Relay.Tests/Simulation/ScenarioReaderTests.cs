using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class ScenarioReaderTests
{
    private static Scenario? Read(string json, out IReadOnlyList<string> errors) => ScenarioReader.Read(Encoding.UTF8.GetBytes(json), out errors);

    [Fact]
    public void It_reads_sites_links_and_events_with_comments()
    {
        var scenario = Read(
            """
            { // a story
              "seed": 9, "duration": "1d 04:00", "quiet": 60,
              "sites": [ { "id": 1, "role": "meldkamer" }, { "id": 11, "name": "Leek", "role": "noodsteunpunt", "drift": -20 } ],
              "links": [ { "name": "lora", "kind": "lora", "members": [1, 11], "loss": 0.2, "bitRate": 900 } ],
              "events": [ { "at": 90, "cut": "lora", "between": [1, 11] }, { "at": "00:02", "send": "hulpvraag", "site": 11, "priority": 2, "count": 3, "every": 5 } ] }
            """, out var errors);
        Assert.Empty(errors);
        Assert.Equal((9UL, TimeSpan.FromHours(28), TimeSpan.FromMinutes(1)), (scenario!.Seed, scenario.Duration, scenario.Quiet));
        Assert.Equal(new ScenarioSite(11, "Leek", Role.Noodsteunpunt, -20), scenario.Sites[1]);
        Assert.Equal((0.2, 900, LinkKind.Lora), (scenario.Links[0].Loss, scenario.Links[0].BitRate, scenario.Links[0].Kind));
        Assert.Equal(new ScenarioEvent.Cut(TimeSpan.FromSeconds(90), "lora", (1, 11)), scenario.Events[0]);
        Assert.Equal(new ScenarioEvent.Send(TimeSpan.FromMinutes(2), 11, MessageType.Hulpvraag, 2, 3, TimeSpan.FromSeconds(5)), scenario.Events[1]);
    }

    [Fact]
    public void It_names_every_mistake_at_once_with_key_value_and_remedy()
    {
        var scenario = Read(
            """
            { "duration": "soon", "sites": [ { "id": 0, "role": "boss" }, { "id": 11, "role": "noodsteunpunt", "colour": 3 } ],
              "links": [ { "name": "l", "kind": "smoke", "members": [99], "loss": 2 } ], "events": [ { "at": 5 }, { "at": 5, "cut": "m" } ] }
            """, out var errors);
        Assert.Null(scenario);
        foreach (var part in new[]
        {
            "sites[0].id is 0; use a whole number from 1 to 65535.", "sites[0].role is \"boss\"; use noodsteunpunt, coordinatiepunt or meldkamer.",
            "sites[1].colour is not known here", "without a meldkamer", "links[0].kind is \"smoke\"; use mqtt or lora.", "links[0].members is 99",
            "links[0].loss is 2; use a number from 0 to 1.", "events[0] does nothing", "events[1].cut is \"m\"; name one of the links.", "duration is \"soon\"",
        })
            Assert.Contains(errors, error => error.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void It_reads_every_kind_of_fault()
    {
        var scenario = Read(
            """
            { "duration": "3d",
              "sites": [ { "id": 1, "role": "meldkamer", "store": "disk" }, { "id": 11, "role": "noodsteunpunt", "clockError": "-3650d", "clockTrusted": false } ],
              "links": [ { "name": "lora", "kind": "lora", "members": [1, 11], "bitErrors": 0.001, "reordering": 0.1, "reorderedBy": 20, "band": "P" } ],
              "events": [
                { "at": 1, "cut": "lora", "oneWay": [1, 11], "for": 60 }, { "at": 2, "powerOff": 11, "for": "01:00" },
                { "at": 3, "weather": "lora", "loss": 0.6, "bitErrors": 0.0001, "for": "08:00" }, { "at": 4, "modemFails": "lora", "site": 11, "how": "restarts", "for": "1d" },
                { "at": 5, "clockJumps": 11, "by": "+10d", "trusted": false }, { "at": 6, "storeFails": 1 }, { "at": 7, "load": 2.5, "sites": [11], "for": "3d" } ] }
            """, out var errors);
        Assert.Empty(errors);
        Assert.True(scenario!.Sites[0].OnDisk);
        Assert.Equal((TimeSpan.FromDays(-3650), false), (scenario.Sites[1].ClockError, scenario.Sites[1].ClockTrusted));
        Assert.Equal((0.001, 0.1, TimeSpan.FromSeconds(20), "P"), (scenario.Links[0].BitErrors, scenario.Links[0].Reordering, scenario.Links[0].ReorderedBy, scenario.Links[0].Band));
        var events = scenario.Events;
        Assert.Equal(new ScenarioEvent.Cut(TimeSpan.FromSeconds(1), "lora", (1, 11)) { OneWay = true }, events[0]);
        Assert.Equal(new ScenarioEvent.Restore(TimeSpan.FromSeconds(61), "lora", (1, 11)), events[1]);
        Assert.Equal(new ScenarioEvent.PowerOn(TimeSpan.FromSeconds(3602), 11), events[3]);
        Assert.Equal(new ScenarioEvent.Weather(TimeSpan.FromSeconds(3), "lora", 0.6, 0.0001, TimeSpan.FromHours(8)), events[4]);
        Assert.Equal(new ScenarioEvent.ModemFails(TimeSpan.FromSeconds(4), "lora", 11, ModemFault.Restarts, TimeSpan.FromDays(1)), events[5]);
        Assert.Equal(new ScenarioEvent.ClockJumps(TimeSpan.FromSeconds(5), 11, TimeSpan.FromDays(10), false), events[6]);
        Assert.Equal(new ScenarioEvent.StoreFails(TimeSpan.FromSeconds(6), 1), events[7]);
        var load = Assert.IsType<ScenarioEvent.Load>(events[8]);
        Assert.Equal((2.5, TimeSpan.FromDays(3)), (load.PerHour, load.For));
    }

    [Fact]
    public void It_names_what_is_wrong_with_a_fault()
    {
        Read(
            """
            { "duration": 60, "sites": [ { "id": 1, "role": "meldkamer", "store": "tape" }, { "id": 11, "role": "noodsteunpunt", "clockError": "yesterday" } ],
              "links": [ { "name": "lora", "kind": "lora", "members": [1], "bitErrors": 2 } ],
              "events": [ { "at": 4, "modemFails": "lora", "site": 11, "how": "sings", "for": "1d" }, { "at": 5, "load": 0, "sites": [12], "for": 9 } ] }
            """, out var errors);
        foreach (var part in new[]
        {
            "sites[0].store is \"tape\"; use disk or memory.", "sites[1].clockError is \"yesterday\"; use seconds, or a text such as", "links[0].bitErrors is 2; use a number from 0 to 1.",
            "events[0].site is 11; name a site that is on lora.", "events[0].how is \"sings\"; use deaf, down, holds, restarts or silent.", "events[1].load is 0;", "events[1].sites is 12;",
        })
            Assert.Contains(errors, error => error.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{ \"sites\": 3 }")]
    [InlineData("{ \"sites\": [")]
    public void What_is_no_scenario_is_refused_in_words(string json)
    {
        Assert.Null(Read(json, out var errors));
        Assert.NotEmpty(errors);
    }

    [Theory]
    [InlineData("{\"sites\":[{\"id\":1,\"name\":\"\u00ff\"}]}")]
    [InlineData("{\"sites\":[{\"id\":1,\"name\":\"\\ud800\"}]}")]
    public void A_file_that_is_not_UTF_8_is_refused_in_a_sentence(string latin)
    {
        Assert.Null(ScenarioReader.Read(System.Text.Encoding.Latin1.GetBytes(latin), out var errors));
        Assert.Contains("UTF-8", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1d 04:00", 28 * 60)]
    [InlineData("04:30", 270)]
    [InlineData("2d", 2880)]
    public void Times_are_read_as_people_write_them(string text, int minutes)
    {
        Assert.True(Clock.TryRead(text, out var time));
        Assert.Equal(TimeSpan.FromMinutes(minutes), time);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("04:61")]
    [InlineData("-1:00")]
    [InlineData("d")]
    [InlineData("99999999d 00:00")]
    public void Other_times_are_not(string text) => Assert.False(Clock.TryRead(text, out _));
}
