using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class SubmittingTests
{
    private static TestNet Alone(RelayRules? rules = null)
    {
        var net = new TestNet();
        net.Add(11, Role.Noodsteunpunt, rules: rules);
        return net;
    }

    [Fact]
    public void A_volunteer_is_told_stored_only_in_the_batch_that_stores_it()
    {
        var net = Alone();
        var outcome = net.Submit(11, Melding());
        Assert.Equal("11-1", outcome.Key.ToString());
        var put = Assert.Single(net[11].LastChanges.OfType<StoreChange.Put>());
        Assert.Equal((outcome.Key, true), (put.Envelope.Key, put.Envelope.Custody));
        Assert.Contains(net[11].LastChanges, change => change is StoreChange.SetCounter { Series: Series.Records, Last: 1 });
    }

    [Fact]
    public void Numbers_have_no_holes_also_over_refusals_and_restarts()
    {
        var net = Alone();
        net.Submit(11, Melding());
        Assert.Equal(Refusal.NotAllowed, net.Submit(11, new Bulletin { Number = 1 }).Refusal);
        Assert.Equal(Refusal.Invalid, net.Submit(11, Melding() with { Text = new string('x', 501) }).Refusal);
        net[11].Restart();
        Assert.Equal(2UL, net.Submit(11, Melding()).Key.Sequence);
    }

    [Fact]
    public void The_same_client_reference_is_the_same_message_also_after_a_restart()
    {
        var net = Alone();
        var first = net.Submit(11, Melding(), "b7c1");
        net[11].Restart();
        var again = net.Submit(11, Melding(), "b7c1");
        Assert.Equal((first.Key, true), (again.Key, again.Repeated));
        Assert.DoesNotContain(net[11].LastChanges, change => change is StoreChange.Put);
        Assert.Equal(2UL, net.Submit(11, Melding(), "b7c2").Key.Sequence);
    }

    [Fact]
    public void A_client_reference_that_was_used_for_other_content_is_refused_by_name_also_after_a_restart()
    {
        var net = Alone();
        net.Submit(11, Melding(text: "Brand in schuur"), "b7c1");
        foreach (var _ in new int[2])
        {
            var other = net.Submit(11, Melding(text: "Auto te water"), "b7c1");
            Assert.Equal(Refusal.Invalid, other.Refusal);
            Assert.Equal("The clientRef 'b7c1' was used before, for 11-1 with other content; give this message a clientRef of its own.", other.Reason);
            Assert.Equal(Refusal.Invalid, net.Submit(11, new Hulpvraag { Text = "Brand in schuur" }, "b7c1").Refusal);
            net[11].Restart();
        }

        Assert.True(net.Submit(11, Melding(text: "Brand in schuur"), "b7c1").Repeated);
    }

    [Fact]
    public void A_redelivery_after_a_broken_connection_is_recognised_by_its_bytes_and_a_second_equal_message_is_not()
    {
        var net = Alone();
        var first = net.Submit(11, Submission(Melding(), null, fingerprint: 77));
        Assert.Equal(first.Key, net.Submit(11, Submission(Melding(), null, 77, mayBeRepeat: true)).Key);
        Assert.Equal(2UL, net.Submit(11, Submission(Melding(), null, 77)).Key.Sequence);
        net.Run(TimeSpan.FromMinutes(31));
        Assert.Equal(3UL, net.Submit(11, Submission(Melding(), null, 77, mayBeRepeat: true)).Key.Sequence);
    }

    [Fact]
    public void A_full_queue_refuses_by_priority_with_a_sentence_and_priority_1_still_fits()
    {
        var net = Alone(new RelayRules { MaxHeld = 20 });
        var accepted = Enumerable.Range(0, 30).Select(_ => net.Submit(11, Melding(4))).ToList();
        Assert.Equal(14, accepted.Count(outcome => outcome.Refusal == Refusal.None));
        Assert.Equal(Refusal.Full, accepted[^1].Refusal);
        Assert.Contains("queue is full for priority 4", accepted[^1].Reason, StringComparison.Ordinal);
        Assert.Equal(Refusal.None, net.Submit(11, Melding(3)).Refusal);
        for (var i = 0; i < 10; i++) net.Submit(11, Melding(2));
        Assert.Equal(Refusal.Full, net.Submit(11, Melding(2)).Refusal);
        Assert.Equal(Refusal.None, net.Submit(11, Melding(1)).Refusal);
        Assert.Equal(Refusal.None, net.Submit(11, Melding(1)).Refusal);
        Assert.Equal(Refusal.Full, net.Submit(11, Melding(1)).Refusal);
        Assert.Equal(20, net[11].Core.Status(net.Now).Waiting.Sum());
    }

    [Fact]
    public void A_number_for_a_state_never_comes_again_after_a_restart()
    {
        var net = Alone();
        var seen = new HashSet<ulong>();
        for (var life = 0; life < 3; life++)
        {
            for (var i = 0; i < 5; i++) Assert.True(seen.Add(net.Submit(11, new Status { State = SiteState.Open, Present = i }).Key.Sequence));
            net[11].Restart();
        }
    }

    [Fact]
    public void A_newer_status_replaces_the_one_that_was_not_sent_yet()
    {
        var net = Alone();
        net.Submit(11, new Status { Present = 1 });
        net.Submit(11, new Status { Present = 2 });
        Assert.Equal(1, net[11].Core.Status(net.Now).Waiting.Sum());
        Assert.Single(net[11].Disk.Envelopes);
    }

    [Fact]
    public void A_node_without_its_own_key_says_so_and_rests()
    {
        var net = new TestNet();
        var other = Weerbaarheid.Relay.Simulation.SimulationKeys.For(new(12, "", Role.Noodsteunpunt));
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt, other);
        net.Join("net", 1_000_000, 1, 11);
        net.Start();
        Assert.Equal(Refusal.NotAllowed, net.Submit(11, Melding()).Refusal);
        Assert.True(net[11].Core.NextDue(net.Now) > net.Now);
    }
}
