using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests;
using Weerbaarheid.Relay.Wire.Tests.Frames;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Frames under the right network key with any items, as a stolen noodsteunpunt can send them: the core takes them, stays in bounds, and starts again.</summary>
internal static class CoreTargets
{
    private const int MaxFrame = 222;
    private static readonly Site Centre = new(1, "Meldkamer", Role.Meldkamer, "test");
    private static readonly Site Between = new(21, "Coördinatiepunt", Role.Coordinatiepunt, "test");
    private static readonly Site Point = new(11, "Steunpunt", Role.Noodsteunpunt, "test");

    private static readonly LinkDescription[] Links =
    [
        new("lora", "simulated", MaxFrame, 1_760, 1, []) { Air = new Air("EU868 P", 0.1, bytes => TimeSpan.FromMilliseconds(50 + (bytes * 4))) },
        new("net", "simulated", 16_384, 1_000_000, 16, []),
    ];

    [ThreadStatic]
    private static KeyRing? _keys;

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("core", Core, Scripts) { Share = 6, MostAllocated = 16 << 20 }];

    private static KeyRing Keys => _keys ??= KeyRing.Demonstration();

    /// <summary>The first byte chooses who hears it; then frames, each with its length, its flags and whether a link or a courier brings it, and the milliseconds before it.</summary>
    private static bool Core(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        var site = (input[0] % 3) switch { 0 => Centre, 1 => Between, _ => Point };
        var (outbox, effects, now) = (new MemoryOutbox(), new Effects(), TimeSpan.FromHours(1));
        var core = new RelayCore(site, Keys, Links, outbox.Load(1_000), RelayRules.Default);
        core.Handle(new RelayEvent.LinkUp(0), At(now), effects);
        core.Handle(new RelayEvent.LinkUp(1), At(now), effects);
        var delivered = 0;
        for (input = input[1..]; input.Length >= 4;)
        {
            var (length, flags, link) = (Math.Min(input[0], input.Length - 4), (byte)(input[1] & 0x30), input[1] & 1);
            now += TimeSpan.FromMilliseconds(1 << (input[2] & 15));
            var isCarried = (input[1] & 2) != 0;
            var frame = FrameTests.FrameOf(Keys, isCarried ? FrameForm.Carried : Links[link].Form, input.Slice(4, length).ToArray(), flags);
            input = input[(4 + length)..];
            core.Handle(isCarried ? new RelayEvent.CourierImport(frame, effects) : new RelayEvent.FrameReceived(link, frame), At(now), effects);
            core.Settle(At(now), effects);
            delivered += Check(effects);
            outbox.Commit(effects.Changes, now);
            effects.Clear();
        }

        _ = core.Status(now);
        // What it stored it can start from.
        _ = new RelayCore(site, Keys, Links, outbox.Load(1_000), RelayRules.Default).Status(now);
        return delivered > 0;
    }

    private static int Check(Effects effects)
    {
        Require(effects.Changes.Count < 2_000 && effects.Outputs.Count < 2_000, "one frame moves too much");
        var delivered = 0;
        foreach (var output in effects.Outputs)
        {
            if (output is Output.Send send) Require(send.Frame.Bytes.Length <= Links[send.Link].MaxFrame, "a frame that the link cannot carry");
            if (output is not Output.Delivered { Envelope: var envelope }) continue;
            delivered++;
            Require(Envelope.TryOpen(Keys, envelope.Bytes.Span, envelope.Key.Sequence, new byte[envelope.Bytes.Length], out _) == OpenOutcome.Opened, "something was delivered that is not authentic");
        }

        return delivered;
    }

    private static Instant At(TimeSpan now) => new(now, DateTimeOffset.UnixEpoch.AddYears(57) + now, true);

    private static IReadOnlyList<byte[]> Scripts()
    {
        var items = FuzzCorpus.Items();
        return [.. items.Select((one, i) => (byte[])[(byte)i, .. Frame(one), .. Frame(items[(i + 1) % items.Count]), .. Frame(one)]), .. FuzzCorpus.Envelopes().Select((one, i) => (byte[])[(byte)i, .. Whole(one), .. Whole(one)])];
    }

    private static byte[] Frame(byte[] item) => item.Length - 1 > 255 ? [] : [(byte)(item.Length - 1), (byte)((item[0] & 0x20) | (1 - (item[0] & 1))), 8, 0, .. item.AsSpan(1)];

    /// <summary>An envelope as the one item of a frame.</summary>
    private static byte[] Whole(byte[] envelope)
    {
        var writer = new FrameWriter(Keys, 11, 1_000, FrameForm.Wide);
        if (!writer.TryAddEnvelope(envelope, 5)) return [];
        var frame = writer.Finish();
        return Frame([0, .. frame[3..^FrameWriter.TagSizeOf(FrameForm.Wide)]]);
    }
}
