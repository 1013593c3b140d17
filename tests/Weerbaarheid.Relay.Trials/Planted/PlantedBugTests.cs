using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Trials.Planted;

public sealed class PlantedBugTests
{
    public static TheoryData<string> Names => [.. PlantedBug.Read(SourceTree.Root).Select(bug => bug.Name)];

    [Fact]
    public void Every_trial_has_bugs_that_it_must_notice() =>
        Assert.Equal(Trials.All.Select(trial => trial.Name).Order(), PlantedBug.Read(SourceTree.Root).Select(bug => bug.TrialName).OfType<string>().Distinct().Order());

    [Fact]
    public void The_list_for_people_says_the_same() =>
        Assert.Equal(PlantedText.Write(PlantedBug.Read(SourceTree.Root)), File.ReadAllText(Path.Combine(SourceTree.Root, PlantedText.Path)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bug_of_the_list_can_still_be_planted(string name)
    {
        var bug = Assert.Single(PlantedBug.Read(SourceTree.Root), one => one.Name == name);
        Assert.Equal(1, bug.Occurrences(SourceTree.Root));
        Assert.NotEqual(bug.Find, bug.Replace);
        Assert.True(Directory.Exists(Path.Combine(SourceTree.Root, bug.Project)), bug.Project);
        Assert.True(bug.Filter is null != bug.Trial is null, "either tests or a trial notice it");
        Assert.True(bug.Promise is null || bug.Trial is not null, "only a trial names promises");
        if (bug.TrialName is { } trial) Assert.Contains(Trials.All, one => one.Name == trial);
    }
}
