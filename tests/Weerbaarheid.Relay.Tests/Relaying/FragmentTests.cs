using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Envelopes in pieces over links that lose, and receivers that forget.</summary>
public sealed class FragmentTests
{
    private static readonly Neighbour From = new(0, 12, 255);

    /// <summary>Frames get shorter while they are lost: what was cut for longer ones is cut anew.</summary>
    [Fact]
    public void A_long_message_gets_through_with_a_third_of_the_frames_lost()
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var net = new RadioNet(new SimulatedMediumOptions(233, 1_000_000_000, Loss: 0.3), bytes => TimeSpan.FromSeconds((bytes + 6) * 10 / 1200.0), 1, 6, seed);
            net.Add(1, Role.Meldkamer);
            net.Add(11, Role.Noodsteunpunt);
            net.Start(TimeSpan.FromSeconds(90));
            var random = new Random((int)seed);
            net.Submit(11, new Melding { Priority = 2, Text = string.Concat(Enumerable.Range(0, 500).Select(_ => (char)random.Next(0x4E00, 0x9000))) });
            Assert.True(net.RunUntil(() => net.ReceivedBy(11) >= 1, TimeSpan.FromHours(1)), $"seed {seed}");
        }
    }

    /// <summary>Only the last piece carries the age, and after a loss it is not the one that completes the envelope.</summary>
    [Fact]
    public void The_age_of_an_envelope_in_pieces_is_right_after_a_loss()
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var net = new RadioNet(new SimulatedMediumOptions(233, 1_000_000_000, Loss: 0.1), bytes => TimeSpan.FromSeconds((bytes + 6) * 10 / 1200.0), 1, 6, seed);
            net.Add(1, Role.Meldkamer);
            net.Add(11, Role.Noodsteunpunt);
            net.Start(TimeSpan.FromSeconds(90));
            var (random, born) = (new Random((int)seed), net.Now);
            net.Submit(11, new Melding { Priority = 2, Text = string.Concat(Enumerable.Range(0, 500).Select(_ => (char)random.Next(0x4E00, 0x9000))) });
            Assert.True(net.RunUntil(() => net.ReceivedBy(11) >= 1, TimeSpan.FromHours(1)), $"seed {seed}");
            Assert.InRange((net[1].Delivered[0].Envelope.BornAt - born).TotalSeconds, -1, 8);
        }
    }

    /// <summary>What a receiver tells replaces what it told before.</summary>
    [Fact]
    public void A_receiver_that_forgot_gets_the_pieces_again()
    {
        var envelope = FragmentPlanTests.Filled(100);
        var (plan, reassembly, whole) = (FragmentPlan.For(envelope, 20)!, new Reassembly(), (byte[]?)null);
        for (var round = 0; whole is null; round++)
        {
            Assert.True(round < 20);
            if (round == 1) reassembly.Forget(0);
            while (plan.HasNext)
            {
                var (name, bytes) = plan.Next();
                plan.NoteSent(name);
                if (round > 0 || name.Index != 2) whole ??= reassembly.Add(From, name, bytes.Span);
            }

            var (firstMissing, bitmap) = reassembly.Tell(From, plan.Id);
            plan.Arrived(firstMissing, bitmap);
            if (!plan.HasNext) plan.Probe();
        }
    }

    /// <summary>Two envelopes share 16 bits 1 time in 65,536.</summary>
    [Fact]
    public void The_second_of_two_envelopes_with_one_id_comes_through_after_the_first_was_complete()
    {
        var (first, second) = (FragmentPlanTests.Filled(200, 1), FragmentPlanTests.Filled(200, 2));
        for (var tries = 0; FragmentId.Of(second) != FragmentId.Of(first); tries++) BitConverter.TryWriteBytes(second, tries);
        var reassembly = new Reassembly();
        foreach (var envelope in (byte[][])[first, second])
        {
            byte[]? whole = null;
            var plan = FragmentPlan.For(envelope, 30)!;
            while (plan.HasNext)
            {
                var (name, bytes) = plan.Next();
                plan.NoteSent(name);
                whole ??= reassembly.Add(From, name, bytes.Span);
            }

            Assert.Equal(envelope, whole);
        }
    }
}
