using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class AmendmentsTests
{
    [Fact]
    public void They_stand_in_the_order_in_which_they_came_and_the_newest_end_counts()
    {
        var facts = Records.Facts(
            new Melding { Text = "x" }, Records.Amend(AmendKind.Aanvulling, "een"), Records.Amend(AmendKind.Intrekking, "twee", 5001), Records.Amend(AmendKind.Afgehandeld, sequence: 9, origin: 1));
        Assert.Equal(["aanvulling (11-5000)", "intrekking (11-5001)", "afgehandeld (1-9)"], facts.Amendments.Select(one => one.Title));
        Assert.Equal("afgehandeld (1-9)", facts.Closing?.Title);
        Assert.False(facts.IsOpen);
    }

    [Fact]
    public void A_word_from_an_exercise_ends_nothing_real()
    {
        var facts = Records.Facts(new Melding { Text = "x" }, Records.Amend(AmendKind.Intrekking, exercise: Exercise.Oefening));
        Assert.Equal("OEFENING intrekking (11-5000)", Assert.Single(facts.Amendments).Title);
        Assert.True(facts.IsOpen);
    }

    [Fact]
    public void Of_too_many_the_newest_are_kept_and_that_is_told()
    {
        var amends = Enumerable.Range(0, Amendments.MostOfOne + 5).Select(i => Records.Amend(AmendKind.Aanvulling, $"nr {i}", 5000 + (ulong)i)).ToList();
        var amendments = Amendments.From(amends.AsEnumerable().Reverse(), desk: 1);
        var key = Records.Of(new Melding()).Envelope.Key;
        Assert.Equal(5, amendments.LeftOut);
        Assert.True(amendments.IsCut(key));
        Assert.Equal(["nr 5", "nr 24"], [amendments.Of(key)[0].Text, amendments.Of(key)[^1].Text]);
    }

    [Fact]
    public void All_together_they_take_a_bounded_room()
    {
        var text = new string('x', MessageLimits.Text);
        var much = Enumerable.Range(0, (Amendments.MostCharacters / MessageLimits.Text) + 100)
            .Select(i => Records.Of(new Amend { ForSite = 12, ForSequence = (ulong)i + 1, Text = text }, (ulong)i + 1));
        Assert.Equal(100, Amendments.From(much, desk: 1).LeftOut);
    }

    [Theory]
    [InlineData(AmendKind.Intrekking, 11, true)]
    [InlineData(AmendKind.Intrekking, 1, true)]
    [InlineData(AmendKind.Intrekking, 12, false)]
    [InlineData(AmendKind.Afgehandeld, 1, true)]
    [InlineData(AmendKind.Afgehandeld, 11, false)]
    [InlineData(AmendKind.Afgehandeld, 12, false)]
    public void Who_made_a_record_withdraws_it_and_the_desk_closes_it_and_nobody_else_does(AmendKind kind, ushort origin, bool closes) =>
        Assert.Equal(closes, Records.Facts(new Melding { Text = "x" }, Records.Amend(kind, origin: origin)).Closing is not null);

    [Theory]
    [InlineData(AmendKind.Correctie, 11, true)]
    [InlineData(AmendKind.Correctie, 1, true)]
    [InlineData(AmendKind.Aanvulling, 11, true)]
    [InlineData(AmendKind.Aanvulling, 1, false)]
    [InlineData(AmendKind.Correctie, 12, false)]
    public void What_was_reopened_is_open_in_the_files_as_it_is_on_the_desk(AmendKind kind, int origin, bool isOpen)
    {
        var facts = Records.Facts(new Melding { Text = "x" }, Records.Amend(AmendKind.Afgehandeld, sequence: 9, origin: 1), Records.Amend(kind, "toch niet", 10, origin: (ushort)origin));
        Assert.Equal(isOpen, facts.Closing is null);
        Assert.Equal(isOpen, facts.IsOpen);
    }

    [Fact]
    public void A_word_from_an_exercise_opens_nothing_real()
    {
        var facts = Records.Facts(new Melding { Text = "x" }, Records.Amend(AmendKind.Afgehandeld, sequence: 9, origin: 1), Records.Amend(AmendKind.Correctie, "toch", exercise: Exercise.Oefening));
        Assert.False(facts.IsOpen);
    }
}
