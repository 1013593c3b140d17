using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Reads an array's fields by position and checks each against its range (FORMAT.md §7): the one walk behind the views and
/// the records. A field that is nil or not there gives null. The first thing wrong is remembered and everything after it
/// gives null: ask <see cref="Finish"/> once, at the end. Allocates nothing while nothing is wrong.
/// </summary>
internal ref struct BodyReader
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

    /// <summary>Remembers that a message as a whole breaks a rule, unless something was wrong before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Refuse(string what) => Remember($"{MessageRules.NameOf(_type)}: {what}.");

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

    /// <param name="name">The field.</param>
    /// <param name="limit">Characters (UTF-16 units).</param>
    public TextView Text(string name, int limit) => Known() ? TextValue(name, limit) : default;

    /// <summary>A place, told apart by the kind of value (FORMAT.md §8).</summary>
    public LocationView Location(string name)
    {
        if (!Known()) return default;
        // An address is what most people give; both its forms are short.
        if (_body.Length - _at > 2 && _body[_at] == PackCode.Bin8 && _body[_at + 1] <= _body.Length - _at - 2
            && LocationCode.FromAddress(_body.Slice(_at + 2, _body[_at + 1])) is { Kind: LocationKind.Address } address)
        {
            _at += 2 + _body[_at + 1];
            return address;
        }

        return AnyLocation(name);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LocationView AnyLocation(string name)
    {
        var place = default(LocationView);
        switch (_at < _body.Length ? PackCode.KindOf(_body[_at]) : PackKind.None)
        {
            case PackKind.WholeNumber:
                if (Advance(PackDecode.Signed(Rest, out var value, out var taken), taken) != PackOutcome.Read) Fail(name, "is cut off or larger than any place");
                place = LocationCode.FromNumber(value);
                break;
            case PackKind.Binary:
                if (Advance(PackDecode.Binary(Rest, out var address, out var size), size) != PackOutcome.Read) Fail(name, "is cut off");
                place = LocationCode.FromAddress(address);
                break;
            case PackKind.Array:
                if (Elements(name, int.MaxValue, out var outer) == 0) break;
                _left--;
                _fields = _left + outer.Field;
                place = LocationView.OfText(TextValue(name, MessageLimits.Text));
                Leave(outer);
                break;
        }

        if (place.Kind == LocationKind.Unknown) Fail(name, "is not a place");
        return place;
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

    /// <summary>The one place where bytes become a text (FORMAT.md §9).</summary>
    // Not inlined into its callers, or the limit that the compiler sets to inlining would be spent on them and not inside.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TextView TextValue(string name, int limit)
    {
        if (_at < _body.Length && _body[_at] is >= PackCode.Bin8 and <= PackCode.Bin32) return CodedText(name, limit);
        var outcome = PackDecode.Text(Rest, out var utf8, out var size);
        var isAscii = Ascii.IsValid(utf8);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "text");
        else if (utf8.Length > limit * 3) Fail(name, "has", utf8.Length, " bytes, more than the characters allowed can have");
        else if (!isAscii && !Utf8.IsValid(utf8)) Wrong(name, PackOutcome.NotText, "text");
        // A character takes at least one byte, so a text this short need not be counted.
        else if (utf8.Length > limit && Encoding.UTF8.GetCharCount(utf8) is var length && length > limit)
            Refuse(MessageRules.TooLong(name, length, limit));
        else _at += size;
        return new TextView(utf8, isAscii);
    }

    /// <summary>A text that the text model wrote (FORMAT.md §9). It is made in room for <paramref name="limit"/> units, whatever the bytes claim.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private TextView CodedText(string name, int limit)
    {
        Span<char> room = stackalloc char[Math.Min(limit, TextModel.MaxLength)];
        var outcome = Advance(PackDecode.Binary(Rest, out var coded, out var size), size);
        if (outcome != PackOutcome.Read || coded.IsEmpty) Fail(name, "is cut off");
        else if (coded[0] != TextModel.Version) Fail(name, $"is coded with text model {coded[0]}, and text model {coded[0]} is not known here");
        else if (!TextModel.TryDecode(coded, room, out var length)) Fail(name, $"is not what text model {coded[0]} makes of at most {limit} characters");
        else return TextView.OfCoded(coded, length, _keepsTexts ? new string(room[..length]) : null);
        return default;
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

    // The sentences are made out of line: their scratch space would otherwise be cleared on every call that goes well.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wrong(string name, PackOutcome outcome, string expected) => Fail(name, outcome switch
    {
        PackOutcome.Truncated => "is cut off",
        PackOutcome.TooDeep => $"is nested more than {PackReader.MaxDepth} deep",
        PackOutcome.NotText => "is not UTF-8",
        _ => $"is not {expected}",
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailTooMany(string name, int count, string what, int limit) =>
        Fail(name, $"has {count} {what}; at most {limit} are allowed");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail<T>(string name, string verb, T value, string rest) => Fail(name, $"{verb} {value}{rest}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail(string name, string what) =>
        Remember($"{MessageRules.NameOf(_type)}: field {Field} ({name}) {what}, at byte {_at}.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseOutside(string name, ulong value, int least, int most) => Refuse($"{name} is {value}; it must be {least} to {most}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseMissing(string name) => Refuse($"{name} is missing");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseRest() => Refuse($"bytes follow the body, from byte {_at}");

    /// <summary>Keeps the first problem, and leaves no field to be read after it.</summary>
    private void Remember(string problem)
    {
        _problem ??= problem;
        _left = 0;
    }

    /// <summary>Where an array stands in the one around it: its first byte, and the fields of the outer one that are left and read.</summary>
    public readonly record struct Outer(int Start, int Left, int Field);
}
