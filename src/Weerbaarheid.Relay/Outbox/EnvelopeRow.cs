using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>A row of the table <c>envelope</c> under a statement's cursor; gone when the statement moves on.</summary>
internal readonly ref struct EnvelopeRow
{
    /// <summary>The columns that this reads, in its order.</summary>
    public const string Columns =
        "arrival, origin, series, sequence, type, priority, state, custody, delivered, announced, born, received, client_ref, reference, crc, bytes";

    private readonly Statement _at;

    public EnvelopeRow(Statement at) => _at = at;

    public long Arrival => _at.Integer(0);

    public EnvelopeKey Key => new((ushort)_at.Integer(1), (Series)_at.Integer(2), (ulong)_at.Integer(3));

    public bool IsRecord => _at.Integer(2) == (long)Series.Records;

    public MessageState State => (MessageState)_at.Integer(6);

    public bool Custody => _at.Integer(7) != 0;

    public bool Delivered => _at.Integer(8) != 0;

    public bool Announced => _at.Integer(9) != 0;

    public ReadOnlySpan<byte> Bytes => _at.Bytes(15);

    public bool HasReference => !_at.IsNull(13);

    public ReadOnlySpan<byte> Reference => _at.Bytes(13);

    /// <summary>Wall clock when it came in here.</summary>
    public DateTimeOffset ReceivedAt => new(_at.Integer(11), TimeSpan.Zero);

    /// <summary>Node time at which its age was zero.</summary>
    public TimeSpan BornAt => new(_at.Integer(10));

    public EnvelopeGroup Group => new(
        (ushort)_at.Integer(1), (MessageType)_at.Integer(4), (byte)_at.Integer(5), State, Custody, Delivered,
        EnvelopeHeader.TryRead(Bytes, out var header) ? header.Exercise : Exercise.Actueel);

    /// <summary>Whether retention may take it.</summary>
    public bool Finished => IsRecord && !Custody;

    /// <summary>The check that it carries.</summary>
    public long Carried => _at.Integer(14);

    /// <summary>Whether the row is what was written. One bit makes a text of the bytes, the same ones, and then the row cannot be changed any more.</summary>
    public bool IsWhole => _at.IsBlob(15) && Check(_at.Integer(6), _at.Integer(7), _at.Integer(9), Reference, HasReference) == Carried;

    /// <summary>The check that the row must carry once its progress is changed to this.</summary>
    public long CheckWith(MessageState state, bool custody, bool announced, ReadOnlySpan<byte> reference, bool hasReference) =>
        Check((long)state, custody ? 1 : 0, announced ? 1 : 0, reference, hasReference);

    /// <summary>Reads it out. Only for a row that <see cref="IsWhole"/>.</summary>
    public StoredEnvelope Read()
    {
        var bytes = _at.Bytes(15).ToArray();
        if (!EnvelopeHeader.TryRead(bytes, out var header)) throw new InvalidOperationException($"The whole row of {Key} holds no envelope.");
        return new StoredEnvelope(
            Key, header, bytes, BornAt, new DateTimeOffset(_at.Integer(11), TimeSpan.Zero),
            Custody, State, Delivered, Announced, Text(12), Text(13));
    }

    private string? Text(int column) => _at.IsNull(column) ? null : Encoding.UTF8.GetString(_at.Bytes(column));

    // In the order of the insert: numbers as they lie (before anything narrows them), texts, bytes, then progress.
    private long Check(long state, long custody, long announced, ReadOnlySpan<byte> reference, bool hasReference)
    {
        var check = new RowCheck();
        for (var column = 0; column <= 5; column++) check.Add(_at.Integer(column));
        check.Add(_at.Integer(8));
        check.Add(_at.Integer(10));
        check.Add(_at.Integer(11));
        if (_at.IsNull(12)) check.AddAbsent();
        else check.Add(_at.Bytes(12));
        check.Add(_at.Bytes(15));
        check.Add(state);
        check.Add(custody);
        check.Add(announced);
        if (hasReference) check.Add(reference);
        else check.AddAbsent();
        return check.Value;
    }
}
