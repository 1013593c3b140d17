using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Simulation;

/// <summary>What the witness must find, told to it as a node that breaks a promise would.</summary>
public sealed class WitnessTests : IDisposable
{
    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly SimulationClock _clock = new();
    private readonly Witness _witness;
    private readonly SimulatedNode _node;

    public WitnessTests()
    {
        _witness = new Witness(_clock, _keys, RelayRules.Default);
        _node = Node(2, Role.Coordinatiepunt);
    }

    public void Dispose()
    {
        _node.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public void Applications_are_told_of_a_message_once()
    {
        var (stored, message) = Stored(11, 1, new Hulpvraag { Category = 2, People = 3 });
        Commit(new StoreChange.Put(stored));
        _witness.Saw(_node, new Output.Delivered(stored, message, ""));
        Assert.Empty(_witness.Violations);
        _witness.Saw(_node, new Output.Delivered(stored, message, ""));
        AssertBroken("told its applications twice of 11-1");
    }

    [Fact]
    public void A_message_that_applications_are_not_told_of_must_at_least_be_on_the_disk_for_the_next_start()
    {
        var (stored, _) = Stored(11, 1, new Melding { Category = 3 });
        Commit(new StoreChange.Put(stored));
        _witness.PowerLost(_node);
        _witness.Booted(_node, Snapshot.Empty with { Envelopes = [stored] });
        Assert.Empty(_witness.Violations);
        (stored, _) = Stored(11, 2, new Melding { Category = 3 });
        Commit(new StoreChange.Put(stored));
        _witness.Booted(_node, Snapshot.Empty);
        AssertBroken("its applications are never told");
    }

    [Fact]
    public void What_is_told_is_what_was_handed_in()
    {
        var (stored, message) = Stored(2, 1, new Melding { Category = 3, Text = "Brand" });
        Commit(new StoreChange.Put(stored));
        _witness.Accepted(_node, stored.Key, new Submission(message, null, 1, MayBeRepeat: false));
        _witness.Saw(_node, new Output.Delivered(stored, message, ""));
        Assert.Empty(_witness.Violations);
        using var meldkamer = Node(1, Role.Meldkamer);
        _witness.Committed(meldkamer, Batch(new StoreChange.Put(stored)));
        _witness.Saw(meldkamer, new Output.Delivered(stored, ((Melding)message) with { Text = "Band" }, ""));
        AssertBroken("told as Melding");
    }

    [Fact]
    public void Time_without_power_is_not_age()
    {
        var (stored, _) = Stored(2, 1, new Hulpvraag { Category = 2 });
        var expired = new StoreChange.SetProgress(stored.Key, MessageState.Vervallen, Custody: false, null);
        Commit(new StoreChange.Put(stored));
        Wait(TimeSpan.FromHours(20));
        _witness.PowerLost(_node);
        Wait(TimeSpan.FromHours(8));
        _witness.Booted(_node, Snapshot.Empty with { Envelopes = [stored] });
        Wait(TimeSpan.FromHours(3.9));
        Commit(expired);
        AssertBroken("let 2-1 (Hulpvraag) expire");
    }

    [Fact]
    public void A_reference_stands_for_one_message()
    {
        var (first, _) = Stored(2, 1, new Melding { Category = 3 });
        var (second, _) = Stored(2, 2, new Melding { Category = 3 });
        Commit(new StoreChange.Put(first with { ClientRef = "a" }));
        Commit(new StoreChange.Put(second with { ClientRef = "b" }));
        Assert.Empty(_witness.Violations);
        var (third, _) = Stored(2, 3, new Melding { Category = 3 });
        Commit(new StoreChange.Put(third with { ClientRef = "a" }));
        AssertBroken("2-1 and 2-3 for one reference");
    }

    [Fact]
    public void A_refusal_is_for_want_of_room()
    {
        var submission = new Submission(new Melding { Priority = 1, Category = 3 }, null, 1, MayBeRepeat: false);
        _witness.Refused(_node, submission, SubmitOutcome.Refused(Refusal.StoreFailed, "The disk said no."));
        Assert.Empty(_witness.Violations);
        _witness.Refused(_node, submission, SubmitOutcome.Refused(Refusal.Full, "The queue is full for priority 1."));
        AssertBroken("no room for priority 1");
    }

    [Fact]
    public void Less_priority_leaves_a_relay_first_only_to_whom_priority_1_came_from()
    {
        var (urgent, _) = Stored(11, 1, new Melding { Priority = 1, Category = 3 });
        var (other, _) = Stored(12, 1, new Melding { Priority = 3, Category = 3 });
        using var noodsteunpunt = Node(11, Role.Noodsteunpunt);
        _witness.Committed(noodsteunpunt, Batch(new StoreChange.Put(urgent)));
        _witness.Saw(noodsteunpunt, Send(11, 2, urgent));
        Commit(new StoreChange.Put(urgent), new StoreChange.Put(other));
        _witness.Saw(_node, Send(2, 11, other));
        Assert.Empty(_witness.Violations);
        _witness.Saw(_node, Send(2, 1, other));
        AssertBroken("priority 3 12-1 overtook priority 1 11-1");
    }

    [Fact]
    public void Priority_1_does_not_wait_once_all_works()
    {
        var (stored, message) = Stored(2, 1, new Melding { Priority = 1, Category = 3 });
        var internet = new ScenarioLink("internet", LinkKind.Mqtt, [1, 2], 16_384, 1_000_000, 0, 0, TimeSpan.Zero, TimeSpan.Zero);
        var scenario = new Scenario([new ScenarioSite(1, "", Role.Meldkamer), new ScenarioSite(2, "", Role.Coordinatiepunt)], [internet], [], TimeSpan.Zero, TimeSpan.Zero, 1);
        Commit(new StoreChange.Put(stored));
        _witness.Accepted(_node, stored.Key, new Submission(message, null, 1, MayBeRepeat: false));
        _witness.QuietBegins();
        Wait(TimeSpan.FromMinutes(14));
        _witness.CheckUrgent(scenario);
        Assert.Empty(_witness.Violations);
        Wait(TimeSpan.FromMinutes(2));
        _witness.CheckUrgent(scenario);
        AssertBroken("priority 1 2-1 waited");
    }

    [Fact]
    public void A_frame_is_for_whom_it_says()
    {
        var (stored, _) = Stored(2, 1, new Melding { Category = 3 });
        Commit(new StoreChange.Put(stored));
        var sent = Send(2, 11, stored);
        _witness.Saw(_node, sent with { Frame = sent.Frame with { To = 1 } });
        AssertBroken("meant a frame for site 1 that is addressed to 11");
    }

    [Fact]
    public void What_a_meldkamer_heard_of_is_known_to_it()
    {
        using var meldkamer = Node(1, Role.Meldkamer);
        meldkamer.PowerOn();
        _witness.Check([meldkamer]);
        Assert.Empty(_witness.Violations);
        var (stored, _) = Stored(11, 1, new Heartbeat { Priority = 4, LastRecord = 5 });
        _witness.Heard(meldkamer, [Send(11, 1, stored).Frame.Bytes]);
        _witness.Check([meldkamer]);
        AssertBroken("heard of it, and does not know that it exists");
        _witness.Booted(meldkamer, Snapshot.Empty);
        AssertBroken("heard of 11-5 and forgot it at a restart");
    }

    private void AssertBroken(string what) => Assert.Contains(_witness.Violations, one => one.What.Contains(what, StringComparison.Ordinal));

    private void Wait(TimeSpan time) => _clock.Step(_clock.Now + time);

    private void Commit(params StoreChange[] changes) => _witness.Committed(_node, Batch(changes));

    private static Effects Batch(params StoreChange[] changes)
    {
        var batch = new Effects();
        foreach (var change in changes) batch.Store(change);
        return batch;
    }

    private SimulatedNode Node(ushort site, Role role)
    {
        var node = new SimulatedNode(new ScenarioSite(site, "", role), _keys, RelayRules.Default, site, _clock, _witness);
        var link = new ScenarioLink("lora", LinkKind.Lora, [1, 2, 11, 12], 222, 1_000, 0, 0, TimeSpan.Zero, TimeSpan.Zero);
        node.Join(new SimulatedWay(link, site, _clock, _witness));
        _witness.Booted(node, Snapshot.Empty);
        return node;
    }

    private (StoredEnvelope Stored, Message Message) Stored(ushort origin, ulong sequence, Message message)
    {
        var (body, bytes) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        var header = EnvelopeHeader.For(message, _keys.Epoch, origin, sequence);
        var size = Envelope.Seal(_keys, header, sequence, body.AsSpan(0, MessageCodec.Encode(message, body)), bytes);
        var key = new EnvelopeKey(origin, header.Series, sequence);
        return (new StoredEnvelope(key, header, bytes.AsMemory(0, size), TimeSpan.Zero, default, Custody: true, MessageState.Opgeslagen, Delivered: true, Announced: false, null, null), message);
    }

    private Output.Send Send(ushort from, ushort to, StoredEnvelope stored)
    {
        var writer = new FrameWriter(_keys, from, 222, FrameForm.Narrow);
        writer.Address(to, epoch: _keys.Epoch);
        Assert.True(writer.TryAddEnvelope(stored.Bytes.Span, 0));
        return new Output.Send(0, new OutgoingFrame(1, to, writer.Finish(more: false)));
    }
}
