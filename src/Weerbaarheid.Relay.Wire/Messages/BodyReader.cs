using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Reads an array's fields by position and checks each against its range (FORMAT.md §7): the one walk behind the views and
/// the records. A field that is nil or not there gives null. The first thing wrong is remembered and everything after it
/// gives null: ask <see cref="Finish"/> once, at the end. Allocates nothing while nothing is wrong.
/// </summary>
internal ref partial struct BodyReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly MessageType _type;
    private readonly bool _keepsTexts;
    private int _at;
    private int _left;
    private int _fields;
    private string? _problem;

    /// <param name="type">The message's type, for the sentence that says what is wrong.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="keepsTexts">Whether a text that was decoded to check it is kept as a string: for a record, which will ask for it.</param>
    public BodyReader(MessageType type, ReadOnlySpan<byte> body, bool keepsTexts = false)
    {
        _keepsTexts = keepsTexts;
        _type = type;
        _body = body;
        // Every body that this code writes begins so; each of its fields takes at least a byte.
        if (!body.IsEmpty && (uint)(body[0] - PackCode.FixArray) <= PackCode.MaxFixArray && body[0] - PackCode.FixArray < body.Length)
            (_left, _at) = (body[0] - PackCode.FixArray, 1);
        else
            Start();
        _fields = _left;
    }

    private readonly ReadOnlySpan<byte> Rest => _body[_at..];

    /// <summary>Fields that were stepped to, so the number of the one that stands here.</summary>
    private readonly int Field => _fields - _left;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Start()
    {
        if (PackDecode.ArrayCount(_body, out _left, out _at) != PackOutcome.Read)
            Refuse("the body does not start with an array that is whole");
    }

    /// <summary>Steps over fields that are newer than this code and checks that nothing follows.</summary>
    /// <param name="error">What was wrong; empty when nothing was.</param>
    public bool Finish(out string error)
    {
        if (_left > 0) SkipRest();
        if (_problem is null && _at != _body.Length) RefuseRest();
        error = _problem ?? "";
        return _problem is null;
    }

    /// <summary>A whole number of any size from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong? Whole(string name)
    {
        if (!Known()) return null;
        if ((uint)_at < (uint)_body.Length && _body[_at] <= PackCode.MaxPositiveFixInt) return _body[_at++];
        return CodedWhole(name);
    }

    /// <summary>A number in a range.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Whole(name) is not { } value) return null;
        if (value >= (uint)least && value <= (uint)most) return (int)value;
        RefuseOutside(name, value, least, most);
        return null;
    }

    /// <summary>A plain count.</summary>
    public int? Count(string name) => Number(name, 0, MessageLimits.Count);

    /// <summary>A code from a table that may be newer than ours; absent is 0, for none.</summary>
    public byte Category(string name)
    {
        var value = Whole(name) ?? 0;
        if (value > byte.MaxValue) Fail(name, "is", value, "; a code is 0 to 255");
        return (byte)value;
    }

    public ushort? Site(string name)
    {
        if (Whole(name) is not { } value) return null;
        if (value > ushort.MaxValue) Fail(name, "is", value, "; a site is 0 to 65535");
        return (ushort)value;
    }

    /// <summary>A set of at most 32 bits; absent is the empty set.</summary>
    public uint Bits(string name)
    {
        var value = Whole(name) ?? 0;
        if (value > uint.MaxValue) Fail(name, "is", value, ", which has more than 32 bits");
        return (uint)value;
    }

    /// <summary>A field without which the message says nothing.</summary>
    public T Required<T>(string name, T? value)
        where T : struct
    {
        if (value is null) RefuseMissing(name);
        return value.GetValueOrDefault();
    }

    public Moment? Moment(string name)
    {
        if (!Known()) return null;
        // What a clock that can be trusted gives, from January 2026 on for 68 years.
        if (_body.Length - _at > sizeof(uint) && _body[_at] == PackCode.UInt32 && BinaryPrimitives.ReadInt32BigEndian(_body[(_at + 1)..]) is > 0 and var seconds)
        {
            _at += 1 + sizeof(uint);
            return new Moment(seconds, true);
        }

        return AnyMoment(name);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Moment? AnyMoment(string name)
    {
        var outcome = Advance(PackDecode.Signed(Rest, out var value, out var size), size);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "a whole number");
        else if (value is 0 or > int.MaxValue or < -int.MaxValue) Fail(name, "is", value, ", which is not a moment");
        else return new Moment((int)Math.Abs(value), value > 0);
        return null;
    }

    /// <summary>Five times three bits (FORMAT.md §7); all unknown when absent.</summary>
    public ushort Supplies(string name)
    {
        if (Whole(name) is not { } bits) return SuppliesCode.AllUnknown;
        if (bits > SuppliesCode.AllUnknown) Fail(name, "is", bits, ", which has more than 15 bits");
        else if (!SuppliesCode.IsValid((uint)bits)) Refuse(MessageRules.ProblemOf(SuppliesCode.Unpack((uint)bits))!);
        return (ushort)bits;
    }

    public ReadOnlySpan<byte> Binary(string name, int limit)
    {
        if (!Known()) return default;
        var outcome = Advance(PackDecode.Binary(Rest, out var value, out var size), size);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "bytes");
        else if (value.Length > limit) FailTooMany(name, value.Length, "bytes", limit);
        return value;
    }

    /// <summary>A key, without which the message says nothing. What is wrong is told without it.</summary>
    public ReadOnlySpan<byte> Key(string name)
    {
        var value = Binary(name, MessageLimits.Key);
        if (value.Length != MessageLimits.Key) Refuse($"{name} has {value.Length} bytes; it must have {MessageLimits.Key}");
        return value;
    }

    /// <summary>Enters a field that is an array; its elements are read as fields until <see cref="Leave"/>.</summary>
    /// <returns>The number of elements; 0 when unknown or empty, and then there is nothing to leave.</returns>
    public int Enter(string name, int limit, out Outer outer)
    {
        outer = default;
        return Known() ? Elements(name, limit, out outer) : 0;
    }

    /// <summary>Steps over what is left of the array entered last.</summary>
    /// <returns>A reader of that array alone, for reading again what was checked.</returns>
    public BodyReader Leave(Outer outer)
    {
        SkipRest();
        if (_problem is not null) return default;
        (_left, _fields) = (outer.Left, outer.Left + outer.Field);
        return new BodyReader(_type, _body[outer.Start.._at], _keepsTexts);
    }

    private int Elements(string name, int limit, out Outer outer)
    {
        outer = new Outer(_at, _left, Field);
        var outcome = Advance(PackDecode.ArrayCount(Rest, out var count, out var size), size);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "an array");
        else if (count > limit) FailTooMany(name, count, "elements", limit);
        if (_problem is not null || count == 0) return 0;
        (_left, _fields) = (count, count);
        return count;
    }

    /// <summary>Steps to the next field.</summary>
    /// <returns>False when it is not there or nil, or something was wrong.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Known()
    {
        if (_left == 0) return false;
        _left--;
        if ((uint)_at >= (uint)_body.Length || _body[_at] != PackCode.Nil) return true;
        _at++;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong? CodedWhole(string name)
    {
        // The shortest two of the forms, which hold every count.
        var left = _body.Length - _at;
        if (left > sizeof(byte) && _body[_at] == PackCode.UInt8)
        {
            _at += 1 + sizeof(byte);
            return _body[_at - 1];
        }

        if (left > sizeof(ushort) && _body[_at] == PackCode.UInt16)
        {
            _at += 1 + sizeof(ushort);
            return BinaryPrimitives.ReadUInt16BigEndian(_body[(_at - sizeof(ushort))..]);
        }

        var outcome = Advance(PackDecode.Unsigned(Rest, out var value, out var size), size);
        if (outcome == PackOutcome.Read) return value;
        Wrong(name, outcome, "a whole number from 0");
        return null;
    }

    /// <summary>Steps over a value that was read; what a value that was not read claims to take means nothing.</summary>
    private PackOutcome Advance(PackOutcome outcome, int size)
    {
        if (outcome == PackOutcome.Read) _at += size;
        return outcome;
    }

    private void SkipRest()
    {
        while (_left > 0)
        {
            _left--;
            var outcome = Advance(PackDecode.Skip(Rest, PackReader.MaxDepth, out var size), size);
            if (outcome != PackOutcome.Read) Wrong("newer than this reader", outcome, "a value");
        }
    }

    /// <summary>Where an array stands in the one around it: its first byte, and the fields of the outer one that are left and read.</summary>
    public readonly record struct Outer(int Start, int Left, int Field);
}
