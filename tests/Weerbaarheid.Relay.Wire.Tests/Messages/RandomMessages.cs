using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

/// <summary>Messages of every type, from a seed; boundary values come up far more often than chance would have them.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Pieces = ["a", "Z", "7", " ", "é", "ij", "€", "—", "\"", "\\", "\n", "\0", "😀", "縦", "brand in de hal "];
    private readonly Random _random = new(seed);

    public Message Next() => Next((MessageType)_random.Next(1, 12));

    public Message Next(MessageType type)
    {
        Message message = type switch
        {
            MessageType.Melding => new Melding { SentAt = Moment(), Category = Byte(), Location = Location(), Text = Text(500), Victims = Count() },
            MessageType.Hulpvraag => new Hulpvraag { SentAt = Moment(), Category = Byte(), Location = Location(), Text = Text(500), People = Count() },
            MessageType.Hulpaanbod => new Hulpaanbod { SentAt = Moment(), Category = Byte(), Location = Location(), Text = Text(500), Quantity = Count(), AvailableHours = Count() },
            MessageType.Status => new Status
            {
                State = State(),
                Present = Count(),
                Capacity = Count(),
                Staff = Count(),
                PowerHours = Count(),
                Supplies = Supplies(),
                Comms = (uint)_random.NextInt64(1L << 32),
                Needs = (uint)_random.Next(1024),
            },
            MessageType.Bulletin => new Bulletin
            {
                SentAt = Moment(),
                Number = _random.Next(1, 65536),
                ValidHours = _random.Next(1, 721),
                Kind = (BulletinKind)_random.Next(3),
                Replaces = Maybe(() => _random.Next(1, 65536)),
                Grip = Maybe(() => _random.Next(6)),
                Text = Text(1000),
            },
            MessageType.Amend => new Amend { SentAt = Moment(), ForSite = Site(), ForSequence = Sequence(), Kind = (AmendKind)_random.Next(5), Text = Text(500) },
            MessageType.Heartbeat => new Heartbeat
            {
                LastRecord = Sequence(),
                Waiting = _random.Next(),
                UptimeHours = _random.Next(65536),
                Asks = Sequence(),
                HeardOf = Site(),
                Heard = Sequence(),
                Closed = Several(32, () => new ClosedNumber(Sequence(), (ClosedReason)_random.Next(2))),
            },
            MessageType.Receipt => new Receipt
            {
                ForSite = Site(),
                UpTo = Sequence(),
                Bitmap = Several(128, Byte),
                TakenUp = Several(16, () => new TakenUp(Sequence(), Text(40))),
                Check = Sequence(),
                Reused = Several(8, Sequence),
            },
            MessageType.Revocation => Revocation(_random.Next(16)),
            MessageType.Rekey => new Rekey { ForSite = Site(), Epoch = _random.Next(16), SiteKey = Bytes(32), NetworkKey = Bytes(32) },
            _ => new Sitrap
            {
                Number = _random.Next(1, 65536),
                PeriodMinutes = _random.Next(65536),
                Grip = Maybe(() => _random.Next(6)),
                Counts = [_random.Next(65536), 0, _random.Next(200), 65535],
                Rows = Several(64, () => new SitrapRow(Site(), State(), Count(), Count(), Supplies(), _random.Next(3))),
            },
        };
        return message with { Priority = (byte)_random.Next(1, 5), Exercise = (Exercise)_random.Next(3) };
    }

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    public int Below(int limit) => _random.Next(limit);

    public ulong Sequence() => _random.Next(4) switch
    {
        0 => (ulong)_random.Next(1, 300),
        1 => (1UL << 23) + (ulong)_random.Next(-2, 3),
        2 => (1UL << 24) + (ulong)_random.Next(-2, 3),
        _ => (ulong)_random.NextInt64(1, long.MaxValue),
    };

    public ushort Site() => (ushort)_random.Next(65536);

    private Revocation Revocation(int epoch) => new()
    {
        Serial = _random.Next(2) == 0 ? _random.Next(1, 300) : _random.Next(1, int.MaxValue),
        Epoch = epoch,
        OldestEpoch = _random.Next(epoch + 1),
        Revoked = Several(64, Site),
    };

    private T[] Several<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(3) == 0 ? 0 : _random.Next(most + 1)).Select(_ => make())];

    private byte Byte() => (byte)_random.Next(256);

    private SiteState State() => (SiteState)_random.Next(5);

    private int? Count() => Maybe(() => _random.Next(3) switch { 0 => _random.Next(130), 1 => _random.Next(250, 260), _ => _random.Next(65536) });

    private int? Maybe(Func<int> make) => _random.Next(3) == 0 ? null : make();

    private Supplies Supplies() => _random.Next(3) == 0 ? default : new Supplies(Stock(), Stock(), Stock(), Stock(), Stock());

    private int? Stock() => Maybe(() => _random.Next(5));

    private Moment? Moment() => _random.Next(3) == 0 ? null : new Moment(_random.Next(1, int.MaxValue), _random.Next(2) == 0);

    private string? Text(int limit)
    {
        if (_random.Next(4) == 0) return null;
        var length = _random.Next(5) == 0 ? limit : _random.Next(Math.Min(limit, 70) + 1);
        var text = "";
        for (var next = Piece(); text.Length + next.Length <= length; next = Piece()) text += next;
        return text;
    }

    private string Piece() => Pieces[_random.Next(Pieces.Length)];

    private Location? Location()
    {
        var (x, y) = (_random.Next(300_000), _random.Next(300_000, 620_000));
        return _random.Next(7) switch
        {
            0 => null,
            1 => new AddressLocation("9351AB", _random.Next(100_000), null),
            2 => new AddressLocation($"{_random.Next(1000, 10000)}{Capital()}{Capital()}", _random.Next(100), Capital()),
            3 => new GridLocation(x, y, 1),
            4 => new GridLocation(x / 10 * 10, y / 10 * 10, 10),
            5 => new SiteLocation(Site()),
            _ => new TextLocation(Text(500) ?? ""),
        };
    }

    private char Capital() => (char)('A' + _random.Next(26));
}

internal static class Same
{
    /// <summary>Compares by value; records compare their lists by reference.</summary>
    public static void Message(Message expected, Message? actual)
    {
        switch (expected, actual)
        {
            case (Heartbeat left, Heartbeat right):
                Assert.Equal(left.Closed, right.Closed);
                Assert.Equal(left with { Closed = right.Closed }, right);
                break;
            case (Receipt left, Receipt right):
                Assert.Equal(left.Bitmap.ToArray(), right.Bitmap.ToArray());
                Assert.Equal(left.TakenUp, right.TakenUp);
                Assert.Equal(left.Reused, right.Reused);
                Assert.Equal(left with { Bitmap = right.Bitmap, TakenUp = right.TakenUp, Reused = right.Reused }, right);
                break;
            case (Revocation left, Revocation right):
                Assert.Equal(left.Revoked, right.Revoked);
                Assert.Equal(left with { Revoked = right.Revoked }, right);
                break;
            case (Rekey left, Rekey right):
                Assert.Equal(left.SiteKey.ToArray(), right.SiteKey.ToArray());
                Assert.Equal(left.NetworkKey.ToArray(), right.NetworkKey.ToArray());
                Assert.Equal(left with { SiteKey = right.SiteKey, NetworkKey = right.NetworkKey }, right);
                break;
            case (Sitrap left, Sitrap right):
                Assert.Equal(left.Counts, right.Counts);
                Assert.Equal(left.Rows, right.Rows);
                Assert.Equal(left with { Counts = right.Counts, Rows = right.Rows }, right);
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}
