using CsCheck;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

public sealed class ViewTests
{
    private static readonly Gen<Message> Any = Gen.Int.Select(seed => new RandomMessages(seed).Next());

    [Fact]
    public void Any_message_goes_through_bytes_and_comes_back() => Any.Sample(message =>
    {
        var body = MessageCodecTests.Encode(message);
        Assert.True(MessageCodec.TryDecode(MessageCodecTests.HeaderOf(message), body, out var back, out var error), error);
        Same.Message(message, back);
    });

    [Fact]
    public void Arbitrary_bytes_are_accepted_or_refused_alike_by_view_and_record() =>
        Gen.Select(Gen.Byte[1, 9], Gen.Byte.Array[0, 80]).Sample((type, body) => RequireAgreement((MessageType)type, body));

    [Fact]
    public void Changed_bytes_are_accepted_or_refused_alike_by_view_and_record() =>
        Gen.Select(Any, Gen.Int[0, 5000], Gen.Byte).Sample((message, place, value) =>
        {
            var body = MessageCodecTests.Encode(message);
            body[place % body.Length] = value;
            RequireAgreement(message.Type, body);
        });

    [Fact]
    public void A_view_has_the_fields_of_the_record()
    {
        var melding = new Melding { SentAt = new Moment(9, false), Category = 5, Location = new AddressLocation("9351AB", 12, 'C'), Text = "café", Victims = 300 };
        Assert.True(MeldingView.TryRead(MessageCodecTests.Encode(melding), out var view, out _));
        Assert.Equal((melding.SentAt, melding.Category, melding.Victims), (view.SentAt, view.Category, view.Victims));
        Assert.True(view.Text.IsKnown && view.Text.Utf8.SequenceEqual("café"u8));
        Assert.Equal((LocationKind.Address, 12, 'C'), (view.Location.Kind, view.Location.HouseNumber, view.Location.HouseLetter!.Value));
        Span<char> postcode = stackalloc char[6];
        view.Location.CopyPostcode(postcode);
        Assert.Equal("9351AB", postcode.ToString());
        Assert.Equal(melding with { Priority = 2 }, view.ToRecord(new MessageHead(MessageType.Melding, 2, Exercise.Actueel, 0)));
    }

    [Fact]
    public void Lists_are_read_one_by_one()
    {
        var random = new RandomMessages(5);
        for (var i = 0; i < 200; i++)
        {
            var heartbeat = (Heartbeat)random.Next(MessageType.Heartbeat);
            Assert.True(HeartbeatView.TryRead(MessageCodecTests.Encode(heartbeat), out var view, out _));
            var closed = new List<ClosedNumber>();
            foreach (var number in view.Closed) closed.Add(number);
            Assert.Equal(heartbeat.Closed, closed);
            Assert.Equal(heartbeat.Closed.Count, view.Closed.Count);
        }
    }

    [Fact]
    public void A_view_allocates_nothing_of_any_type()
    {
        for (var type = MessageType.Melding; type <= MessageType.Rekey; type++)
        {
            var message = new RandomMessages((int)type).Next(type);
            var (head, body) = ((MessageHead)MessageCodecTests.HeaderOf(message), MessageCodecTests.Encode(message));
            Assert.True(MessageCodec.TryValidate(head, body, out _));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) MessageCodec.TryValidate(head, body, out _);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void A_text_is_the_same_whether_a_record_kept_it_or_a_view_decodes_it()
    {
        var melding = new Melding { Location = new TextLocation("achter de sporthal in Leek"), Text = "Vrouw van 81 gevallen, waarschijnlijk heup gebroken" };
        var body = MessageCodecTests.Encode(melding);
        Assert.True(MeldingView.TryRead(body, out var view, out _));
        Assert.True(view.Text.IsCoded && view.Location.Text.IsCoded);
        Assert.Equal((melding.Text, "achter de sporthal in Leek"), (view.Text.AsString(), view.Location.Text.AsString()));
        Assert.True(MessageCodec.TryDecode(MessageCodecTests.HeaderOf(melding), body, out var record, out _));
        Assert.Equal(melding, record);
    }

    [Theory]
    [InlineData("DDFFFFFFFF")]
    [InlineData("94C0C0C0DBFFFFFFFF61")]
    [InlineData("94C0C0C0DA7FFF61")]
    [InlineData("93C0C0C6FFFFFFFF00")]
    [InlineData("93C0C0DDFFFFFFFFA161")]
    [InlineData("96C0C0C0C0C0C97FFFFFFF00")]
    public void A_length_that_is_only_announced_costs_no_memory(string hex)
    {
        var body = Convert.FromHexString(hex);
        var head = new MessageHead(MessageType.Melding, 1, Exercise.Actueel, 0);
        MessageCodec.TryDecode(head, body, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MessageCodec.TryDecode(head, body, out _, out _));
        // The sentence that says what is wrong, and nothing near the length.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);
    }

    [Fact]
    public void The_encoder_refuses_exactly_what_the_rules_call_a_problem()
    {
        var room = new byte[MessageLimits.Body];
        int[] edges = [int.MinValue, -1, 0, 1, 4, 5, 6, 7, 127, 128, 720, 721, 65535, 65536, 99999, 100000, int.MaxValue];
        foreach (var value in edges)
            foreach (var message in Around(value))
            {
                Assert.Equal(MessageRules.Problem(message) is null, MessageCodec.Encode(message, room) > 0);
                Assert.Equal(MessageRules.Problem(message) is null, MessageCodec.EncodePlain(message, room) > 0);
            }
    }

    private static void RequireAgreement(MessageType type, byte[] body)
    {
        var head = new MessageHead(type, 1, Exercise.Actueel, 11);
        var decoded = MessageCodec.TryDecode(head, body, out var message, out var error);
        Assert.Equal(decoded, MessageCodec.TryValidate(head, body, out var reason));
        Assert.Equal(error, reason);
        Assert.Equal(decoded, error.Length == 0);
        if (decoded) Assert.Null(MessageRules.Problem(message!));
    }

    /// <summary>Messages with one field at a value and all others right.</summary>
    private static IEnumerable<Message> Around(int value)
    {
        yield return new Status { Present = value };
        yield return new Status { PowerHours = value };
        yield return new Status { State = (SiteState)(byte)value };
        yield return new Status { Supplies = new Supplies(value, null, 0, 4, null) };
        yield return new Status { Supplies = new Supplies(null, 1, 0, 4, value) };
        yield return new Status { Priority = (byte)value };
        yield return new Status { Exercise = (Exercise)(byte)value };
        yield return new Melding { SentAt = new Moment(value, true) };
        yield return new Melding { SentAt = new Moment(value, false) };
        yield return new Melding { Victims = value };
        yield return new Melding { Location = new AddressLocation("9351AB", value, null) };
        yield return new Melding { Location = new AddressLocation("9351AB", 1, (char)value) };
        yield return new Melding { Location = new GridLocation(value, 400_000, 1) };
        yield return new Melding { Location = new GridLocation(0, value, 10) };
        yield return new Melding { Location = new GridLocation(0, 400_000, value) };
        yield return new Bulletin { Number = value };
        yield return new Bulletin { Number = 1, ValidHours = value };
        yield return new Bulletin { Number = 1, Kind = (BulletinKind)(byte)value };
        yield return new Bulletin { Number = 1, Replaces = value };
        yield return new Bulletin { Number = 1, Grip = value };
        yield return new Amend { ForSequence = 1, Kind = (AmendKind)(byte)value };
        yield return new Heartbeat { Waiting = value };
        yield return new Heartbeat { UptimeHours = value };
        yield return new Heartbeat { Closed = [new ClosedNumber(1, (ClosedReason)(byte)value)] };
        yield return new Sitrap { Number = value };
        yield return new Sitrap { Number = 1, PeriodMinutes = value };
        yield return new Sitrap { Number = 1, Counts = [0, value, 0, 0] };
        yield return new Sitrap { Number = 1, Rows = [new SitrapRow(1, SiteState.Open, value, null, default, 0)] };
        yield return new Sitrap { Number = 1, Rows = [new SitrapRow(1, SiteState.Open, null, null, default, value)] };
    }
}
