using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Reads a body's fields by position (FORMAT.md §7). A field that is nil or not there gives null. The first thing wrong
/// is remembered and everything after it gives null: ask <see cref="Finish"/> once, at the end.
/// </summary>
internal ref struct BodyReader
{
    private readonly MessageType _type;
    private PackReader _pack;
    private int _left;
    private int _field;
    private string? _problem;

    public BodyReader(MessageType type, ReadOnlySpan<byte> body)
    {
        _type = type;
        _pack = new PackReader(body);
        if (_pack.ReadArrayHeader(out _left) != PackOutcome.Read) _problem = $"{MessageRules.NameOf(type)}: the body does not start with an array that is whole.";
    }

    /// <summary>Steps over fields that are newer than this code and checks that nothing follows.</summary>
    /// <returns>What was wrong, or null.</returns>
    public string? Finish()
    {
        SkipRest();
        if (_problem is null && !_pack.AtEnd) _problem = $"{MessageRules.NameOf(_type)}: bytes follow the body, from byte {_pack.Position}.";
        return _problem;
    }

    public ulong? Whole(string name)
    {
        if (!Known()) return null;
        var outcome = _pack.ReadUnsigned(out var value);
        if (outcome == PackOutcome.Read) return value;
        Wrong(name, outcome, "a whole number from 0");
        return null;
    }

    public int? Number(string name)
    {
        var value = Whole(name);
        if (value is null or <= int.MaxValue) return (int?)value;
        Fail(name, $"is {value}, which no field holds");
        return null;
    }

    /// <summary>A number from a small set.</summary>
    public byte? Code(string name)
    {
        var value = Whole(name);
        if (value is null or <= byte.MaxValue) return (byte?)value;
        Fail(name, $"is {value}; a code is 0 to {byte.MaxValue}");
        return null;
    }

    public ushort? Site(string name)
    {
        var value = Whole(name);
        if (value is null or <= ushort.MaxValue) return (ushort?)value;
        Fail(name, $"is {value}; a site is 0 to {ushort.MaxValue}");
        return null;
    }

    /// <summary>A set of at most 32 bits; absent is the empty set.</summary>
    public uint Bits(string name)
    {
        var value = Whole(name) ?? 0;
        if (value <= uint.MaxValue) return (uint)value;
        Fail(name, $"is {value}, which has more than 32 bits");
        return 0;
    }

    /// <summary>A field without which the message says nothing.</summary>
    public T Required<T>(string name, T? value)
        where T : struct
    {
        if (value is null) _problem ??= $"{MessageRules.NameOf(_type)}: {name} is missing.";
        return value.GetValueOrDefault();
    }

    public Moment? Moment(string name)
    {
        if (!Known()) return null;
        var outcome = _pack.ReadSigned(out var value);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "a whole number");
        else if (value is 0 or > int.MaxValue or < -int.MaxValue) Fail(name, $"is {value}, which is not a moment");
        else return new Moment((int)Math.Abs(value), value > 0);
        return null;
    }

    /// <param name="name">The field.</param>
    /// <param name="limit">Characters; three bytes each is the most that is read.</param>
    public string? Text(string name, int limit) => Known() ? TextValue(name, limit) : null;

    public Supplies Supplies(string name)
    {
        if (Number(name) is not { } bits) return Messages.Supplies.Unknown;
        if (bits >> 15 != 0) Fail(name, $"is {bits}, which has more than 15 bits");
        return new Supplies(Supply(bits), Supply(bits >> 3), Supply(bits >> 6), Supply(bits >> 9), Supply(bits >> 12));
    }

    public ReadOnlyMemory<byte> Binary(string name, int limit)
    {
        if (!Known()) return default;
        var outcome = _pack.ReadBinary(out var value);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "bytes");
        else if (value.Length > limit) Fail(name, $"has {value.Length} bytes; at most {limit} are allowed");
        else return value.ToArray();
        return default;
    }

    /// <summary>Enters a field that is an array; its elements are read as fields until <see cref="Leave"/>.</summary>
    /// <returns>The number of elements; 0 when unknown or empty, and then there is nothing to leave.</returns>
    public int Enter(string name, int limit, out (int Left, int Field) outer)
    {
        outer = default;
        if (!Known()) return 0;
        var outcome = _pack.ReadArrayHeader(out var count);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "an array");
        else if (count > limit) Fail(name, $"has {count} elements; at most {limit} are allowed");
        if (_problem is not null || count == 0) return 0;
        outer = (_left, _field);
        (_left, _field) = (count, 0);
        return count;
    }

    /// <summary>Steps over what is left of the array entered last.</summary>
    public void Leave((int Left, int Field) outer)
    {
        SkipRest();
        (_left, _field) = outer;
    }

    /// <summary>A place, told apart by the kind of value (FORMAT.md §8).</summary>
    public Location? Location(string name)
    {
        if (!Known()) return null;
        switch (_pack.Next)
        {
            case PackKind.WholeNumber:
                if (_pack.ReadSigned(out var value) != PackOutcome.Read) Fail(name, "is cut off or larger than any place");
                return _problem is null ? LocationCode.FromNumber(value) ?? NoPlace(name) : null;
            case PackKind.Binary:
                if (_pack.ReadBinary(out var address) != PackOutcome.Read) Fail(name, "is cut off");
                return _problem is null ? LocationCode.FromAddress(address) ?? NoPlace(name) : null;
            case PackKind.Array:
                if (_pack.ReadArrayHeader(out var count) != PackOutcome.Read || count == 0) return NoPlace(name);
                var text = TextValue(name, MessageLimits.Text);
                for (; count > 1 && _problem is null; count--) SkipOne(name);
                return text is null ? null : new TextLocation(text);
            default:
                return NoPlace(name);
        }
    }

    private Location? NoPlace(string name)
    {
        Fail(name, "is not a place");
        return null;
    }

    private string? TextValue(string name, int limit)
    {
        if (_pack.Next == PackKind.Binary) return CodedText(name, limit);
        var at = _pack;
        var outcome = at.ReadText(out ReadOnlySpan<byte> utf8);
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "text");
        else if (utf8.Length > limit * 3) Fail(name, $"has {utf8.Length} bytes, more than {limit} characters can have");
        if (_problem is not null) return null;
        _pack.ReadText(out string? text);
        return text;
    }

    /// <summary>A text that the text model wrote (FORMAT.md §9). It is made in room for <paramref name="limit"/> units, whatever the bytes claim.</summary>
    private string? CodedText(string name, int limit)
    {
        Span<char> room = stackalloc char[Math.Min(limit, TextModel.MaxLength)];
        if (_pack.ReadBinary(out var coded) != PackOutcome.Read || coded.IsEmpty) Fail(name, "is cut off");
        else if (coded[0] != TextModel.Version) Fail(name, $"is coded with text model {coded[0]}, and text model {coded[0]} is not known here");
        else if (!TextModel.TryDecode(coded, room, out var length)) Fail(name, $"is not what text model {coded[0]} makes of at most {limit} characters");
        else return new string(room[..length]);
        return null;
    }

    /// <summary>Steps to the next field.</summary>
    /// <returns>False when it is not there or nil.</returns>
    private bool Known()
    {
        if (_problem is not null || _left == 0) return false;
        _left--;
        _field++;
        return !_pack.SkipNil();
    }

    private void SkipRest()
    {
        for (; _left > 0 && _problem is null; _left--)
        {
            _field++;
            SkipOne("newer than this reader");
        }
    }

    private void SkipOne(string name)
    {
        var outcome = _pack.Skip();
        if (outcome != PackOutcome.Read) Wrong(name, outcome, "a value");
    }

    private static int? Supply(int bits) => (bits & 7) == 7 ? null : bits & 7;

    private void Wrong(string name, PackOutcome outcome, string expected) => Fail(name, outcome switch
    {
        PackOutcome.Truncated => "is cut off",
        PackOutcome.TooDeep => $"is nested more than {PackReader.MaxDepth} deep",
        PackOutcome.NotText => "is not UTF-8",
        _ => $"is not {expected}",
    });

    private void Fail(string name, string what) =>
        _problem ??= $"{MessageRules.NameOf(_type)}: field {_field} ({name}) {what}, at byte {_pack.Position}.";
}
