using System.Text;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Intake;

public sealed class TextPaceTests
{
    private const string Topic = "weerbaarheid/v1/in/melding";
    private const string Json = """{"category":"brand","priority":2,"text":"Er staat een schuur in brand achter het dorpshuis, er is niemand binnen","clientRef":"b-7"}""";

    [Fact]
    public void A_burst_is_made_short_and_then_a_thousand_a_second()
    {
        var time = new ManualTime();
        var pace = new TextPace(time);
        Assert.Equal(TextPace.Burst, Taken(pace));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TextPace.PerSecond / 2, Taken(pace));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TextPace.Burst, Taken(pace));
    }

    [Fact]
    public void In_haste_a_text_is_longer_and_says_the_same()
    {
        var pace = new TextPace(new ManualTime());
        var atEase = Parse(pace);
        Taken(pace);
        var inHaste = Parse(pace);
        Assert.Equal((false, true), (atEase.InHaste, inHaste.InHaste));
        Assert.Equal(atEase.Body.Print, inHaste.Body.Print);
        Assert.InRange(inHaste.Body.Bytes.Length, atEase.Body.Bytes.Length + 20, 200);
        Assert.Equal(Decoded(atEase), Decoded(inHaste));
    }

    [Fact]
    public void The_same_message_in_haste_and_at_ease_is_one_message()
    {
        var net = new TestNet();
        net.Add(11, Role.Noodsteunpunt);
        var pace = new TextPace(new ManualTime());
        var first = net.Submit(11, Parse(pace));
        Taken(pace);
        var again = net.Submit(11, Parse(pace));
        Assert.Equal((Refusal.None, first.Key, true), (again.Refusal, again.Key, again.Repeated));
    }

    private static Submission Parse(TextPace pace) => IntakeParser.Parse(Topic, null, Encoding.UTF8.GetBytes(Json), mayBeRepeat: false, pace).Submission!;

    private static int Taken(TextPace pace)
    {
        var taken = 0;
        while (pace.TryTake()) taken++;
        return taken;
    }

    private static Message Decoded(Submission submission)
    {
        Assert.True(MessageCodec.TryDecode(new MessageHead(MessageType.Melding, 2, default, 0), submission.Body.Bytes.Span, out var message, out var error), error);
        return message!;
    }
}
