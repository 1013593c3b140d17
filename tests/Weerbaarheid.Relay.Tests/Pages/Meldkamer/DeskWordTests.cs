using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

public sealed class DeskWordTests
{
    [Theory]
    [InlineData(null, "", nameof(DeskTopic.None), "")]
    [InlineData("4711", "4711", nameof(DeskTopic.None), "")]
    [InlineData("-", "", nameof(DeskTopic.None), "")]
    [InlineData("4711 VRAAG: welke verdieping?", "4711", nameof(DeskTopic.Question), "welke verdieping?")]
    [InlineData("VRAAG: AFGEHANDELD of niet?", "", nameof(DeskTopic.Question), "AFGEHANDELD of niet?")]
    [InlineData("4711 AFGEHANDELD", "4711", nameof(DeskTopic.Closed), "")]
    [InlineData("KOPPELING: 12-3", "", nameof(DeskTopic.Linked), "12-3")]
    [InlineData("xVRAAG: y", "xVRAAG: y", nameof(DeskTopic.None), "")]
    public void What_the_desk_tells_is_read_as_it_was_written(string? reference, string number, string topic, string words)
    {
        var word = DeskWord.Read(reference);
        Assert.Equal((number, Enum.Parse<DeskTopic>(topic), words), (word.Number, word.Topic, word.Words));
        Assert.Equal(word, DeskWord.Read(word.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711")]
    [InlineData("12345678901234")]
    public void The_longest_question_fits_in_a_receipt(string number)
    {
        var room = DeskWord.RoomForQuestion(number);
        Assert.Equal(DeskWord.Limit, new DeskWord(number, DeskTopic.Question, new string('x', room)).ToString().Length);
        Assert.InRange(room, 15, 40);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Equal("mist 3 berichten: 11-4 tot 11-6", SiteRow.GapsOf(11, 3, [(4, 6)]));
        Assert.Equal("mist 1 bericht: 11-4", SiteRow.GapsOf(11, 1, [(4, 4)]));
        Assert.Equal("", SiteRow.GapsOf(11, 0, []));
    }

    [Theory]
    [InlineData(5, "5 s")]
    [InlineData(65, "1 min")]
    [InlineData(3_600 + 300, "1 u 05")]
    [InlineData((86_400 * 2) + (3_600 * 4), "2 d 4 u")]
    [InlineData(-3, "0 s")]
    public void An_age_fits_in_a_column(int seconds, string words) => Assert.Equal(words, DeskWords.Age(TimeSpan.FromSeconds(seconds)));
}
