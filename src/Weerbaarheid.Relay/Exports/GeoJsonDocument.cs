using System.Buffers;
using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>
/// GeoJSON as RFC 7946 has it: WGS 84, longitude first. What has no point has no geometry, and is there all the same: a map that leaves it
/// out must know that it does. The Dutch grid (EPSG:28992) stands in the properties.
/// </summary>
internal sealed class GeoJsonDocument : RecordDocument
{
    private bool _isFirst = true;

    public override string FileName => "meldingen.geojson";

    public override string ContentType => "application/geo+json";

    public override void Begin(IBufferWriter<byte> to) => Write(to, """{"type":"FeatureCollection","features":[""");

    public override void Add(IBufferWriter<byte> to, RecordFacts facts)
    {
        Write(to, _isFirst ? "\n" : ",\n");
        _isFirst = false;
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteString("id", facts.Envelope.Key.ToString());
        WriteGeometry(json, facts.Place);
        json.WriteStartObject("properties");
        WriteRecord(json, facts);
        WritePlace(json, facts.Place);
        WriteAmendments(json, facts);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public override void End(IBufferWriter<byte> to, int amendmentsLeftOut)
    {
        Write(to, "\n]");
        if (amendmentsLeftOut > 0) Write(to, $",\"aanvullingenWeggelaten\":{amendmentsLeftOut}");
        Write(to, "}\n");
    }

    private static void WriteGeometry(Utf8JsonWriter json, Place place)
    {
        if (place.Degrees is not { } point)
        {
            json.WriteNull("geometry");
            return;
        }

        json.WriteStartObject("geometry");
        json.WriteString("type", "Point");
        json.WriteStartArray("coordinates");
        json.WriteNumberValue(point.Longitude);
        json.WriteNumberValue(point.Latitude);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter json, RecordFacts facts)
    {
        var envelope = facts.Envelope;
        json.WriteString("soort", MessageDocument.NameOf(envelope.Header.Type));
        json.WriteString("oefening", facts.Exercise.ToString().ToLowerInvariant());
        json.WriteNumber("meldpunt", envelope.Key.Origin);
        if (facts.SentAt is { } sent)
        {
            json.WriteString("start", DutchTime.Iso(sent.ToDateTimeOffset()));
            json.WriteBoolean("klokBetrouwbaar", sent.Trusted);
        }

        json.WriteString("ontvangen", DutchTime.Iso(envelope.ReceivedAt));
        json.WriteString("toestand", MessageDocument.NameOf(envelope.State));
        WriteText(json, "gmsNummer", facts.DeskNumber);
        json.WriteNumber("prioriteit", envelope.Header.Priority);
        WriteText(json, "categorie", facts.Category);
        if (facts.Count is { } count)
        {
            json.WriteNumber("aantal", count);
            json.WriteString("aantalWat", facts.Counted);
        }

        if (facts.AvailableHours is { } hours) json.WriteNumber("beschikbaarUren", hours);
        if (facts.IsReadable) WriteText(json, "tekst", VisibleText.Lines(facts.Words));
        else json.WriteString("probleem", "onleesbaar voor deze versie");
    }

    private static void WritePlace(Utf8JsonWriter json, Place place)
    {
        json.WriteString("plaats", place.Name);
        if (place.Address is { } address)
        {
            json.WriteString("postcode", address.Postcode);
            if (address.Number > 0) json.WriteNumber("huisnummer", address.Number);
            if (address.Letter is { } letter) json.WriteString("letter", letter.ToString());
        }

        if (place.Grid is not { } grid) return;
        json.WriteNumber("rdX", grid.X);
        json.WriteNumber("rdY", grid.Y);
        json.WriteNumber("nauwkeurigheidMeter", grid.Precision);
    }

    private static void WriteAmendments(Utf8JsonWriter json, RecordFacts facts)
    {
        WriteText(json, "afhandeling", facts.Closing?.Title);
        if (facts.IsCut) json.WriteBoolean("aanvullingenAfgekapt", true);
        if (facts.Amendments.Count == 0) return;
        json.WriteStartArray("aanvullingen");
        foreach (var one in facts.Amendments)
        {
            json.WriteStartObject();
            json.WriteString("titel", one.Title);
            json.WriteString("tijd", DutchTime.Iso(one.At));
            WriteText(json, "tekst", one.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text)) json.WriteString(name, VisibleText.Lines(text));
    }

    private static void Write(IBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);
}
