using CsCheck;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

/// <summary>The writer checks no bounds because no message can pass them. Here every size is at its limit or beyond, and the bytes around are watched.</summary>
public sealed class GuardTests
{
    /// <summary>More than the largest text here could take, so that a writer gone wrong is seen and not felt.</summary>
    private const int Guard = 40_000;

    private const byte Untouched = 0xA5;

    private static readonly Gen<Message> AtTheLimit = Gen.Int.Select(Make);

    [Fact]
    public void Nothing_is_ever_written_outside_the_room_for_a_body()
    {
        var (largest, refused) = (0, 0);
        AtTheLimit.Sample(
            message =>
            {
                var memory = new byte[Guard + MessageLimits.Body + Guard];
                foreach (var encode in new Func<Message, byte[], int>[] { Coded, Plain })
                {
                    Array.Fill(memory, Untouched);
                    var length = encode(message, memory);
                    Assert.Equal(-1, memory.AsSpan(0, Guard).IndexOfAnyExcept(Untouched));
                    Assert.Equal(-1, memory.AsSpan(Guard + MessageLimits.Body).IndexOfAnyExcept(Untouched));
                    Assert.InRange(length, 0, MessageLimits.Body);
                    Assert.Equal(length == 0, MessageRules.Problem(message) is not null || HasHalfPair(message));
                    largest = Math.Max(largest, length);
                    refused += length == 0 ? 1 : 0;
                }
            },
            iter: 1500, threads: 1);
        // The generator does reach the largest there is, a bulletin of 1000 times three bytes, and both sides of the limits.
        Assert.InRange(largest, 3003, MessageLimits.Body);
        Assert.InRange(refused, 300, 2700);
    }

    private static int Coded(Message message, byte[] memory) => MessageCodec.Encode(message, memory.AsSpan(Guard, MessageLimits.Body));

    private static int Plain(Message message, byte[] memory) => MessageCodec.EncodePlain(message, memory.AsSpan(Guard, MessageLimits.Body));

    private static Message Make(int seed)
    {
        var random = new Random(seed);
        return random.Next(1, 10) switch
        {
            1 => new Melding { SentAt = Late(random), Category = 255, Location = Place(random), Text = Text(random, MessageLimits.Text), Victims = 65535 },
            2 => new Hulpvraag { SentAt = Late(random), Category = 255, Location = Place(random), Text = Text(random, MessageLimits.Text), People = 65535 },
            3 => new Hulpaanbod { SentAt = Late(random), Category = 255, Location = Place(random), Text = Text(random, MessageLimits.Text), Quantity = 65535, AvailableHours = 65535 },
            4 => new Status { State = SiteState.Ontruimd, Present = 65535, Capacity = 65535, Staff = 65535, PowerHours = 65535, Supplies = new Supplies(4, 4, 4, 4, 4), Comms = uint.MaxValue, Needs = uint.MaxValue },
            5 => new Bulletin { SentAt = Late(random), Number = 65535, ValidHours = 720, Text = Text(random, MessageLimits.BulletinText), Kind = BulletinKind.Intrekking, Replaces = 65535, Grip = 5 },
            6 => new Amend { SentAt = Late(random), ForSite = 65535, ForSequence = ulong.MaxValue, Kind = AmendKind.InBehandeling, Text = Text(random, MessageLimits.Text) },
            7 => new Heartbeat
            {
                LastRecord = ulong.MaxValue,
                Waiting = int.MaxValue,
                UptimeHours = 65535,
                Closed = [.. Enumerable.Repeat(new ClosedNumber(ulong.MaxValue, ClosedReason.Afgewezen), Near(random, MessageLimits.Closed))],
                FirstWaiting = ulong.MaxValue,
            },
            8 => new Receipt
            {
                UpTo = ulong.MaxValue,
                Bitmap = new byte[Near(random, MessageLimits.Bitmap)],
                TakenUp = [.. Enumerable.Range(0, Near(random, MessageLimits.TakenUp)).Select(_ => new TakenUp(ulong.MaxValue, Text(random, MessageLimits.Reference)))],
                From = ulong.MaxValue,
                Check = ulong.MaxValue,
                Reused = [.. Enumerable.Repeat(ulong.MaxValue, Near(random, MessageLimits.Reused))],
            },
            _ => new Sitrap
            {
                Number = 65535,
                PeriodMinutes = 65535,
                Grip = 5,
                Counts = [65535, 65535, 65535, 65535],
                Rows = [.. Enumerable.Repeat(new SitrapRow(65535, SiteState.Ontruimd, 65535, 65535, new Supplies(4, 4, 4, 4, 4), 65535), Near(random, MessageLimits.SitrapRows))],
            },
        };
    }

    private static Moment Late(Random random) => new(int.MaxValue, random.Next(2) == 0);

    private static Location Place(Random random) => random.Next(3) switch
    {
        0 => new AddressLocation("9999ZZ", 99999, 'Z'),
        1 => new GridLocation(299_999, 619_999, 1),
        _ => new TextLocation(Text(random, MessageLimits.Text)),
    };

    /// <summary>Mostly the limit itself, or one to either side; now and then far beyond.</summary>
    private static int Near(Random random, int limit) => random.Next(12) switch { 0 => limit + 1, 1 => limit - 1, 2 => limit * 10, _ => limit };

    private static string Text(Random random, int limit)
    {
        string[] pieces = ["a", "é", "€", "\uFFFD", "😀", "縦", "\0"];
        var piece = pieces[random.Next(pieces.Length)];
        var text = string.Concat(Enumerable.Repeat(piece, Near(random, limit) / piece.Length));
        return random.Next(40) == 0 ? text[..^1] + '\uD83D' : text;
    }

    /// <summary>The rules do not look for half a surrogate pair; only UTF-8 cannot carry it.</summary>
    private static bool HasHalfPair(Message message)
    {
        string?[] texts = message switch
        {
            Melding m => [m.Text, (m.Location as TextLocation)?.Text],
            Hulpvraag h => [h.Text, (h.Location as TextLocation)?.Text],
            Hulpaanbod h => [h.Text, (h.Location as TextLocation)?.Text],
            Bulletin b => [b.Text],
            Amend a => [a.Text],
            Receipt r => [.. r.TakenUp.Select(taken => taken.Reference)],
            _ => [],
        };
        return texts.Any(text => text is not null && text.Where((unit, i) => char.IsSurrogate(unit) && !IsPaired(text, i)).Any());
    }

    private static bool IsPaired(string text, int i) => char.IsHighSurrogate(text[i]) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : i > 0 && char.IsHighSurrogate(text[i - 1]);
}
