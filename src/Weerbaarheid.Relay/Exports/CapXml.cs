using System.Globalization;
using System.Text;
using System.Xml;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exports;

/// <summary>Writes alerts as CAP 1.2, one or a feed of them. The order of the elements is the standard's and matters.</summary>
internal static class CapXml
{
    public const string Namespace = "urn:oasis:names:tc:emergency:cap:1.2";

    public const string ContentType = "application/cap+xml; charset=utf-8";

    public const string FeedContentType = "application/atom+xml; charset=utf-8";

    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <summary>One alert.</summary>
    public static byte[] Alert(CapAlert alert) => Write(xml => WriteAlert(xml, alert));

    /// <summary>Alerts in an Atom feed (RFC 4287), each whole in its entry.</summary>
    /// <param name="alerts">Newest first.</param>
    /// <param name="identifier">Of the feed: the same for ever.</param>
    /// <param name="title">Of the feed.</param>
    /// <param name="at">The moment, for a feed without entries.</param>
    public static byte[] Feed(IReadOnlyList<CapAlert> alerts, string identifier, string title, DateTimeOffset at) => Write(xml =>
    {
        xml.WriteStartElement("feed", Atom);
        xml.WriteElementString("id", Atom, Uri(identifier));
        xml.WriteElementString("title", Atom, title);
        xml.WriteElementString("updated", Atom, alerts.Count > 0 ? alerts[0].Sent : DutchTime.Iso(at));
        xml.WriteStartElement("author", Atom);
        xml.WriteElementString("name", Atom, title);
        xml.WriteEndElement();
        foreach (var alert in alerts)
        {
            xml.WriteStartElement("entry", Atom);
            xml.WriteElementString("id", Atom, Uri(alert.Identifier));
            xml.WriteElementString("title", Atom, alert.Headline);
            xml.WriteElementString("updated", Atom, alert.Sent);
            xml.WriteStartElement("content", Atom);
            xml.WriteAttributeString("type", "application/cap+xml");
            WriteAlert(xml, alert);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });

    private static string Uri(string identifier) => $"urn:x-{identifier}";

    private static byte[] Write(Action<XmlWriter> write)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n" })) write(xml);
        return stream.ToArray();
    }

    private static void WriteAlert(XmlWriter xml, CapAlert alert)
    {
        xml.WriteStartElement("alert", Namespace);
        Element(xml, "identifier", alert.Identifier);
        Element(xml, "sender", alert.Sender);
        Element(xml, "sent", alert.Sent);
        Element(xml, "status", alert.Status);
        Element(xml, "msgType", alert.MessageKind);
        Element(xml, "scope", "Public");
        Element(xml, "note", alert.Note);
        Element(xml, "references", alert.References);
        WriteInfo(xml, alert);
        xml.WriteEndElement();
    }

    private static void WriteInfo(XmlWriter xml, CapAlert alert)
    {
        xml.WriteStartElement("info", Namespace);
        Element(xml, "language", "nl-NL");
        Element(xml, "category", "Safety");
        Element(xml, "event", "Bulletin noodsteunpunten");
        Element(xml, "urgency", alert.Urgency);
        Element(xml, "severity", alert.Severity);
        Element(xml, "certainty", "Unknown");
        Element(xml, "expires", alert.Expires);
        Element(xml, "senderName", alert.SenderName);
        Element(xml, "headline", alert.Headline);
        Element(xml, "description", alert.Description);
        Parameter(xml, "bulletin", alert.Number);
        if (alert.Grip is { } grip) Parameter(xml, "GRIP", grip);
        xml.WriteStartElement("area", Namespace);
        Element(xml, "areaDesc", alert.Area);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Parameter(XmlWriter xml, string name, int value)
    {
        xml.WriteStartElement("parameter", Namespace);
        Element(xml, "valueName", name);
        Element(xml, "value", value.ToString(CultureInfo.InvariantCulture));
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string? text)
    {
        if (text is not null) xml.WriteElementString(name, Namespace, text);
    }
}
