using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class AnswerFrameTests
{
    private const int MaxFrame = 51;

    /// <summary>
    /// What did not fit any more was begun for one neighbour and went out with what was for another: who was not meant took a record of
    /// priority 1 and never passed it on (seed 17).
    /// </summary>
    [Fact]
    public void Answers_that_a_full_modem_does_not_take_never_mix_with_what_is_for_another()
    {
        using var keys = KeyRing.Demonstration();
        var node = new TestNode(12, Role.Coordinatiepunt, keys);
        var link = node.AddLink(new LinkDescription("lora", "simulated", MaxFrame, 1_000, 1, []) { Air = new Air("lora", 1, bytes => TimeSpan.FromSeconds(8.0 * bytes / 1_000)) });
        var now = TimeSpan.FromSeconds(1);
        var sent = new List<OutgoingFrame>();
        void Happen(params RelayEvent[] events) => sent.AddRange(node.Batch(now, events).OfType<Output.Send>().Select(send => send.Frame));
        Happen(new RelayEvent.LinkUp(link), new RelayEvent.FrameReceived(link, Beacon(keys, 1)), new RelayEvent.FrameReceived(link, Beacon(keys, 11)));
        // Pieces of so many envelopes that telling what is here takes more than one frame, and the modem takes one.
        Happen([.. Enumerable.Range(1, 40).Select(id => new RelayEvent.FrameReceived(link, Piece(keys, (ushort)id)))]);
        Happen(new RelayEvent.Submit(TestNet.Submission(TestNet.Melding(1)), new object()));
        for (var taken = 0; taken < sent.Count && taken < 50; taken++)
        {
            now += TimeSpan.FromMilliseconds(500);
            Happen(new RelayEvent.FrameSent(link, sent[taken].Number));
        }

        var watch = new FrameWatch(keys);
        Assert.Contains(sent, frame => frame.To == 11);
        Assert.Contains(sent, frame => frame.To == 1 && watch.RecordsIn(frame.Bytes).Count > 0);
        foreach (var frame in sent)
        {
            watch.Look(frame.Bytes);
            Assert.Equal(frame.To, watch.To);
        }
    }

    private static byte[] Beacon(KeyRing keys, ushort site)
    {
        var writer = new FrameWriter(keys, site, MaxFrame, FrameForm.Narrow);
        Assert.True(writer.TryAddBeacon(new Beacon((byte)(site == 1 ? Role.Meldkamer : Role.Noodsteunpunt), false, site == 1 ? (byte)0 : Weerbaarheid.Relay.Wire.Frames.Beacon.Unreachable, 0, 600)));
        return writer.Finish();
    }

    private static byte[] Piece(KeyRing keys, ushort id)
    {
        var writer = new FrameWriter(keys, 11, MaxFrame, FrameForm.Narrow);
        writer.Address(12);
        Assert.True(writer.TryAddFragment(new FragmentName(id, 0, false), new byte[20], null));
        return writer.Finish();
    }
}
