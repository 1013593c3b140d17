using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Texts and places, which have several forms each.</summary>
internal ref partial struct BodyReader
{
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

    /// <summary>The one place where bytes become a text (FORMAT.md §9).</summary>
    // Not inlined into its callers, or the limit that the compiler sets to inlining would be spent on them and not inside.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TextView TextValue(string name, int limit)
    {
        // Most texts that are not coded are ASCII of at most 255 bytes.
        if (_body.Length - _at >= 2 && _body[_at] == PackCode.Str8 && _body[_at + 1] is var size && size <= limit && size <= _body.Length - _at - 2
            && _body.Slice(_at + 2, size) is var ascii && Ascii.IsValid(ascii))
        {
            _at += 2 + size;
            return new TextView(ascii, isAscii: true);
        }

        return AnyText(name, limit);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TextView AnyText(string name, int limit)
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
}
