using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>A place in JSON (design §6.4): <c>{postcode, number?, letter?}</c>, <c>{rdX, rdY}</c>, <c>{lat, lon}</c>, <c>{site}</c> or <c>{text}</c>.</summary>
internal static class LocationJson
{
    private const string Example = "{\"postcode\": \"9351AB\", \"number\": 12}";

    public static Location? Read(JsonFields message)
    {
        if (message.Inner("location", Example) is not { } place) return null;
        List<string> given = [];
        if (place.Has("postcode") | place.Has("number") | place.Has("letter")) given.Add("an address");
        if (place.Has("rdX") | place.Has("rdY") | place.Has("precision")) given.Add("a grid point");
        if (place.Has("lat") | place.Has("lon")) given.Add("degrees");
        if (place.Has("site")) given.Add("a site");
        if (place.Has("text")) given.Add("a text");
        place.Finish();
        if (given.Count == 0) place.ErrorHere("names no place", $"write an object, such as {Example}, or leave location out");
        if (given.Count > 1) place.ErrorHere($"gives {string.Join(" and ", given)}", "give one of them, and the rest in the text of the message");
        if (given.Count != 1) return null;
        return given[0] switch
        {
            "an address" => ReadAddress(place),
            "a grid point" => ReadGrid(place),
            "degrees" => ReadDegrees(place),
            "a site" => place.Number("site", 0, ushort.MaxValue) is { } site ? new SiteLocation((ushort)site) : null,
            _ => place.Text("text", MessageLimits.Text) is { } text ? new TextLocation(text) : null,
        };
    }

    public static void Write(Utf8JsonWriter json, Location? location)
    {
        if (location is null) return;
        json.WriteStartObject("location");
        switch (location)
        {
            case AddressLocation address:
                json.WriteString("postcode", address.Postcode);
                if (address.Number > 0) json.WriteNumber("number", address.Number);
                if (address.Letter is { } letter) json.WriteString("letter", letter.ToString());
                break;
            case GridLocation grid:
                json.WriteNumber("rdX", grid.X);
                json.WriteNumber("rdY", grid.Y);
                if (grid.Precision != DefaultPrecision(grid.X, grid.Y)) json.WriteNumber("precision", grid.Precision);
                break;
            case SiteLocation site: json.WriteNumber("site", site.Site); break;
            case TextLocation text: json.WriteString("text", text.Text); break;
        }

        json.WriteEndObject();
    }

    private static AddressLocation? ReadAddress(JsonFields place)
    {
        const string remedy = "write 4 digits and 2 letters, such as 9351AB";
        var number = place.Number("number", 0, MessageLimits.HouseNumber);
        var letter = place.Text("letter", MessageLimits.Text)?.ToUpperInvariant();
        if (letter is not (null or [>= 'A' and <= 'Z'])) place.Error("letter", $"\"{JsonText.Cut(letter)}\" is not a house letter", "write one letter, A to Z, and anything more in the text of the message");
        var given = place.Text("postcode", MessageLimits.Text);
        if (given is null)
        {
            if (!place.Has("postcode")) place.Error("postcode", "is missing", remedy);
            return null;
        }

        var postcode = given.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (PostcodeCode.IsPostcode(postcode)) return new AddressLocation(postcode, number ?? 0, letter is [var only] ? only : null);
        place.Error("postcode", $"\"{JsonText.Cut(given)}\" is not a postcode", remedy);
        return null;
    }

    private static GridLocation? ReadGrid(JsonFields place)
    {
        var x = place.Required("rdX", place.Number("rdX", 0, Rijksdriehoek.MaxX), $"write metres, 0 to {Rijksdriehoek.MaxX}");
        var y = place.Required("rdY", place.Number("rdY", Rijksdriehoek.MinY, Rijksdriehoek.MaxY), $"write metres, {Rijksdriehoek.MinY} to {Rijksdriehoek.MaxY}");
        var precision = place.Number("precision", 1, 10) ?? DefaultPrecision(x, y);
        if (precision is not (1 or 10)) place.Error("precision", $"{precision} is not a precision", "write 1 or 10");
        else if (x % precision != 0 || y % precision != 0) place.Error("precision", $"{precision} m does not fit rdX and rdY", "round both to 10, or write 1");
        return new GridLocation(x, y, precision);
    }

    /// <summary>Somebody who gives tens of metres means tens of metres; it also saves two bytes.</summary>
    private static int DefaultPrecision(int x, int y) => x % 10 == 0 && y % 10 == 0 ? 10 : 1;

    private static GridLocation? ReadDegrees(JsonFields place)
    {
        const string latitude = "write degrees north, such as 53.2194";
        const string longitude = "write degrees east, such as 6.5682";
        var (north, east) = (place.Fraction("lat", latitude), place.Fraction("lon", longitude));
        var (lat, lon) = (place.Required("lat", north, latitude), place.Required("lon", east, longitude));
        if (north is null || east is null) return null;
        var point = Rijksdriehoek.At(lat, lon);
        if (point is null)
        {
            var given = string.Create(CultureInfo.InvariantCulture, $"lat {lat}, lon {lon}");
            place.ErrorHere($"{given} is outside the Dutch grid", "write lat 50.7 to 53.6 and lon 3.2 to 7.3, or a text");
        }

        return point;
    }
}
