using System.Text;
using System.Threading.Channels;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links;

public sealed class AmateurLinkTests : IAsyncDisposable
{
    private const string Jan = "PD1ABC Jan";
    private static readonly LinkDescription Ham = new("ham", "kiss", 256, 1_200, 2, []) { OnlyClear = true };

    private readonly ManualTime _time = new();
    private readonly ListLogger _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LinkEvent> _events = Channel.CreateUnbounded<LinkEvent>();
    private readonly List<Radio> _radios = [];
    private readonly AmateurLink _link;
    private readonly Task _run;

    public AmateurLinkTests()
    {
        _link = new AmateurLink(Ham, Open, _time, _log);
        _run = Task.Run(() => _link.RunAsync(_events.Writer, _stop.Token));
    }

    [Fact]
    public async Task Until_it_is_armed_nothing_is_opened_and_nothing_is_sent()
    {
        var down = await _events.Reader.NextAsync<LinkEvent.Down>();
        Assert.Equal("not armed: an operator arms it with weerbaarheid-relay amateur arm --link ham", down.Reason);
        Assert.Null(_link.Arming);
        Assert.False(_link.TrySend(Frame(1)));
        Assert.Empty(_radios);
    }

    [Fact]
    public async Task An_armed_link_carries_frames_and_tells_who_and_until_when()
    {
        await UpAsync(4);
        Assert.Equal(new Arming(Jan, _time.GetUtcNow() + TimeSpan.FromHours(4)), _link.Arming);
        Assert.True(_link.TrySend(Frame(1)));
        Assert.Equal(1, Assert.Single(_radios).Sent.Single());
        Assert.Contains(_log.Lines, line => line == "Link ham is armed by PD1ABC until 2026-01-01 04:00:00Z");
    }

    [Fact]
    public async Task When_the_hours_are_over_it_is_down_to_the_moment()
    {
        await UpAsync(2);
        _time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromTicks(1));
        Assert.True(_link.TrySend(Frame(1)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_link.TrySend(Frame(2)));
        Assert.Null(_link.Arming);
        await _events.Reader.NextAsync<LinkEvent.Down>(down => down.Reason.StartsWith("not armed", StringComparison.Ordinal));
        Assert.True(Assert.Single(_radios).IsClosed);
        Assert.Contains("Link ham is no longer armed", _log.Lines);
        Assert.Equal([1], _radios[0].Sent);
    }

    [Fact]
    public async Task Disarmed_it_stops_at_once_and_can_be_armed_again_by_another()
    {
        await UpAsync(24);
        Assert.Null(_link.Disarm());
        Assert.False(_link.TrySend(Frame(1)));
        Assert.Equal("Link ham is not armed.", _link.Disarm());
        Assert.Null(_link.Arm("PA0XYZ Eva", TimeSpan.FromHours(1)));
        var up = await _events.Reader.NextAsync<LinkEvent.Up>();
        Assert.Same(_link, up.Link);
        Assert.True(_link.TrySend(Frame(2)));
        Assert.Equal(2, _radios.Count);
        Assert.Equal("PA0XYZ Eva", _link.Arming?.Operator);
        // The end of the first arming does nothing to the second.
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(_link.TrySend(Frame(3)));
    }

    [Fact]
    public async Task One_operator_at_a_time_answers_for_it()
    {
        await UpAsync(4);
        Assert.Equal("Link ham is armed already, by PD1ABC Jan until 2026-01-01 04:00:00Z; disarm it first.", _link.Arm("PA0XYZ Eva", TimeSpan.FromHours(1)));
        Assert.Equal(Jan, _link.Arming?.Operator);
    }

    [Fact]
    public async Task What_the_radio_reports_comes_in_the_name_of_the_link()
    {
        await UpAsync(4);
        var radio = Assert.Single(_radios);
        await radio.Events!.WriteAsync(new LinkEvent.Received(radio, new byte[] { 1 }));
        Assert.Same(_link, (await _events.Reader.NextAsync<LinkEvent.Received>()).Link);
        await radio.Events.WriteAsync(new LinkEvent.Down(radio, "unplugged"));
        Assert.Same(_link, (await _events.Reader.NextAsync<LinkEvent.Down>(down => down.Reason == "unplugged")).Link);
    }

    [Theory]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC Jan","hours":25}""", "A link is armed for 1 to 24 hours.")]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC Jan","hours":0}""", "A link is armed for 1 to 24 hours.")]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC Jan","hours":1.5}""", "A link is armed for 1 to 24 hours.")]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC Jan"}""", "A link is armed for 1 to 24 hours.")]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC","hours":1}""", "The operator is named by call sign and name, such as PD1ABC Jan.")]
    [InlineData(true, """{"link":"ham","operator":"Jan de Vries","hours":1}""", "The operator is named by call sign and name, such as PD1ABC Jan.")]
    [InlineData(true, """{"link":"ham","operator":"PD1ABC \n","hours":1}""", "The operator is named by call sign and name, such as PD1ABC Jan.")]
    [InlineData(true, """{"link":"vhf","operator":"PD1ABC Jan","hours":1}""", "This node has no amateur link 'vhf'; it has ham.")]
    [InlineData(true, """{"link":"\ud800"}""", "The request is not JSON as in ")]
    [InlineData(true, "[]", "The request is not JSON as in ")]
    [InlineData(true, "{", "The request is not JSON as in ")]
    [InlineData(false, """{"link":"ham"}""", "Link ham is not armed.")]
    public void What_cannot_be_done_is_said_in_a_sentence(bool arms, string request, string reason)
    {
        var outcome = new AmateurDesk([_link]).Handle(arms, Encoding.UTF8.GetBytes(request));
        Assert.Equal(Refusal.Invalid, outcome.Refusal);
        Assert.StartsWith(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.Null(_link.Arming);
    }

    [Fact]
    public async Task Only_a_program_on_this_machine_arms_a_link()
    {
        var desk = new AmateurDesk([_link]);
        var gate = new PublishGate(1, (_, _) => throw new InvalidOperationException("not a message"), new BrokerLink(_ => ValueTask.CompletedTask), _ => ValueTask.CompletedTask) { Operators = desk.Handle };
        var request = new Publication("client", Topics.Arm, null, Encoding.UTF8.GetBytes("""{"link":"ham","operator":"PD1ABC Jan","hours":4}"""), false, false) { Packet = new() };
        var remote = await (await gate.HandInAsync(request, CancellationToken.None)).Outcome;
        Assert.Equal((Refusal.NotAllowed, null), (remote.Refusal, _link.Arming));
        var local = await (await gate.HandInAsync(request with { IsLocal = true }, CancellationToken.None)).Outcome;
        Assert.Equal((Refusal.None, Jan), (local.Refusal, _link.Arming?.Operator));
        Assert.Equal(Refusal.None, (await (await gate.HandInAsync(request with { IsLocal = true, Topic = Topics.Disarm }, CancellationToken.None)).Outcome).Refusal);
        Assert.Null(_link.Arming);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Eventually.Limit);
        _stop.Dispose();
    }

    private static OutgoingFrame Frame(long number) => new(number, null, new byte[] { 1, 2, 3 });

    private async Task UpAsync(int hours)
    {
        Assert.Null(_link.Arm(Jan, TimeSpan.FromHours(hours)));
        Assert.Same(_link, (await _events.Reader.NextAsync<LinkEvent.Up>()).Link);
    }

    private Radio Open()
    {
        var radio = new Radio();
        _radios.Add(radio);
        return radio;
    }

    /// <summary>A link that is up as long as it runs, and remembers what it was given.</summary>
    private sealed class Radio : ILink
    {
        public LinkDescription Description => Ham;

        public List<long> Sent { get; } = [];

        public ChannelWriter<LinkEvent>? Events { get; private set; }

        public bool IsClosed { get; private set; }

        public bool TrySend(OutgoingFrame frame)
        {
            Sent.Add(frame.Number);
            return true;
        }

        public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
        {
            Events = events;
            await events.WriteAsync(new LinkEvent.Up(this), cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            IsClosed = true;
        }
    }
}
