using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Tests.Simulation;

public sealed class BadDaysTests
{
    [Fact]
    public void A_scenario_that_was_written_comes_back_as_it_was()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var scenario = BadDays.Make(seed);
            var read = ScenarioReader.Read(Encoding.UTF8.GetBytes(ScenarioWriter.Write(scenario)), out var errors);
            Assert.Empty(errors);
            Assert.Equal(ScenarioWriter.Write(scenario), ScenarioWriter.Write(read!));
            Assert.Equal((scenario.Seed, scenario.Duration, scenario.Quiet, scenario.Rules), (read!.Seed, read.Duration, read.Quiet, read.Rules));
            Assert.Equal(scenario.Sites, read.Sites);
            Assert.Equal(scenario.Events.Where(one => one is not ScenarioEvent.Load), read.Events.Where(one => one is not ScenarioEvent.Load));
        }
    }

    [Fact]
    public void Some_of_them_have_little_room()
    {
        var rules = Enumerable.Range(1, 40).Select(seed => BadDays.Make((ulong)seed).Rules).ToList();
        Assert.Equal(5, rules.Count(one => one != RelayRules.Default));
        Assert.All(rules.Where(one => one != RelayRules.Default), one => Assert.InRange(one.MaxHeld, 60, 200));
    }

    [Fact]
    public void Every_kind_of_fault_is_in_some_of_them()
    {
        var scenarios = Enumerable.Range(1, 40).Select(seed => BadDays.Make((ulong)seed)).ToList();
        var events = scenarios.SelectMany(scenario => scenario.Events).ToList();
        Assert.Superset(
            new HashSet<Type>([
                typeof(ScenarioEvent.Cut), typeof(ScenarioEvent.Restore), typeof(ScenarioEvent.PowerOff), typeof(ScenarioEvent.PowerOn), typeof(ScenarioEvent.Weather),
                typeof(ScenarioEvent.ModemFails), typeof(ScenarioEvent.ClockJumps), typeof(ScenarioEvent.StoreFails), typeof(ScenarioEvent.Send), typeof(ScenarioEvent.Load),
            ]),
            events.Select(one => one.GetType()).ToHashSet());
        Assert.Equal(Enum.GetValues<ModemFault>().Length, events.OfType<ScenarioEvent.ModemFails>().Select(one => one.How).Distinct().Count());
        Assert.Contains(events, one => one is ScenarioEvent.Cut { OneWay: true });
        Assert.Contains(scenarios.SelectMany(scenario => scenario.Sites), site => site.OnDisk && site.Role == Role.Meldkamer);
        foreach (var scenario in scenarios)
        {
            foreach (var site in scenario.Sites) Assert.Contains(scenario.Events, one => one is ScenarioEvent.PowerOff off && off.Site == site.Id);
            foreach (var link in scenario.Links) Assert.Contains(scenario.Events, one => one is ScenarioEvent.Cut { Between: null } cut && cut.Link == link.Name);
        }
    }
}
