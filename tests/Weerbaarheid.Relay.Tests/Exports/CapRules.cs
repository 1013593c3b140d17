using System.Xml;
using System.Xml.Schema;

namespace Weerbaarheid.Relay.Tests.Exports;

/// <summary>The rules of CAP 1.2 (OASIS, 2010, §3.2 and §3.4) as far as they bind what a relay writes, in an XML schema of our own.</summary>
internal static class CapRules
{
    private const string Schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:oasis:names:tc:emergency:cap:1.2"
                   targetNamespace="urn:oasis:names:tc:emergency:cap:1.2" elementFormDefault="qualified">
          <xs:simpleType name="Moment"><xs:restriction base="xs:dateTime"><xs:pattern value="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Name"><xs:restriction base="xs:string"><xs:pattern value="[^\s,&lt;&amp;]+"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Filled"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="References"><xs:restriction base="xs:string">
            <xs:pattern value="[^\s,&lt;&amp;]+,[^\s,&lt;&amp;]+,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d( [^\s,&lt;&amp;]+,[^\s,&lt;&amp;]+,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d)*"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Status"><xs:restriction base="xs:string">
            <xs:enumeration value="Actual"/><xs:enumeration value="Exercise"/><xs:enumeration value="System"/><xs:enumeration value="Test"/><xs:enumeration value="Draft"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="MsgType"><xs:restriction base="xs:string">
            <xs:enumeration value="Alert"/><xs:enumeration value="Update"/><xs:enumeration value="Cancel"/><xs:enumeration value="Ack"/><xs:enumeration value="Error"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Scope"><xs:restriction base="xs:string"><xs:enumeration value="Public"/><xs:enumeration value="Restricted"/><xs:enumeration value="Private"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Category"><xs:restriction base="xs:string">
            <xs:enumeration value="Geo"/><xs:enumeration value="Met"/><xs:enumeration value="Safety"/><xs:enumeration value="Security"/><xs:enumeration value="Rescue"/><xs:enumeration value="Fire"/>
            <xs:enumeration value="Health"/><xs:enumeration value="Env"/><xs:enumeration value="Transport"/><xs:enumeration value="Infra"/><xs:enumeration value="CBRNE"/><xs:enumeration value="Other"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="ResponseType"><xs:restriction base="xs:string">
            <xs:enumeration value="Shelter"/><xs:enumeration value="Evacuate"/><xs:enumeration value="Prepare"/><xs:enumeration value="Execute"/><xs:enumeration value="Avoid"/>
            <xs:enumeration value="Monitor"/><xs:enumeration value="Assess"/><xs:enumeration value="AllClear"/><xs:enumeration value="None"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Urgency"><xs:restriction base="xs:string">
            <xs:enumeration value="Immediate"/><xs:enumeration value="Expected"/><xs:enumeration value="Future"/><xs:enumeration value="Past"/><xs:enumeration value="Unknown"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Severity"><xs:restriction base="xs:string">
            <xs:enumeration value="Extreme"/><xs:enumeration value="Severe"/><xs:enumeration value="Moderate"/><xs:enumeration value="Minor"/><xs:enumeration value="Unknown"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="Certainty"><xs:restriction base="xs:string">
            <xs:enumeration value="Observed"/><xs:enumeration value="Likely"/><xs:enumeration value="Possible"/><xs:enumeration value="Unlikely"/><xs:enumeration value="Unknown"/></xs:restriction></xs:simpleType>
          <xs:complexType name="Pair"><xs:sequence><xs:element name="valueName" type="xs:string"/><xs:element name="value" type="xs:string"/></xs:sequence></xs:complexType>
          <xs:complexType name="Area"><xs:sequence>
            <xs:element name="areaDesc" type="c:Filled"/><xs:element name="polygon" type="xs:string" minOccurs="0" maxOccurs="unbounded"/><xs:element name="circle" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="geocode" type="c:Pair" minOccurs="0" maxOccurs="unbounded"/><xs:element name="altitude" type="xs:decimal" minOccurs="0"/><xs:element name="ceiling" type="xs:decimal" minOccurs="0"/></xs:sequence></xs:complexType>
          <xs:complexType name="Info"><xs:sequence>
            <xs:element name="language" type="xs:language" minOccurs="0"/><xs:element name="category" type="c:Category" maxOccurs="unbounded"/><xs:element name="event" type="c:Filled"/>
            <xs:element name="responseType" type="c:ResponseType" minOccurs="0" maxOccurs="unbounded"/><xs:element name="urgency" type="c:Urgency"/><xs:element name="severity" type="c:Severity"/>
            <xs:element name="certainty" type="c:Certainty"/><xs:element name="audience" type="xs:string" minOccurs="0"/><xs:element name="eventCode" type="c:Pair" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="effective" type="c:Moment" minOccurs="0"/><xs:element name="onset" type="c:Moment" minOccurs="0"/><xs:element name="expires" type="c:Moment" minOccurs="0"/>
            <xs:element name="senderName" type="xs:string" minOccurs="0"/><xs:element name="headline" type="c:Filled" minOccurs="0"/><xs:element name="description" type="c:Filled" minOccurs="0"/>
            <xs:element name="instruction" type="xs:string" minOccurs="0"/><xs:element name="web" type="xs:anyURI" minOccurs="0"/><xs:element name="contact" type="xs:string" minOccurs="0"/>
            <xs:element name="parameter" type="c:Pair" minOccurs="0" maxOccurs="unbounded"/><xs:element name="area" type="c:Area" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
          <xs:element name="alert"><xs:complexType><xs:sequence>
            <xs:element name="identifier" type="c:Name"/><xs:element name="sender" type="c:Name"/><xs:element name="sent" type="c:Moment"/><xs:element name="status" type="c:Status"/>
            <xs:element name="msgType" type="c:MsgType"/><xs:element name="source" type="xs:string" minOccurs="0"/><xs:element name="scope" type="c:Scope"/>
            <xs:element name="restriction" type="xs:string" minOccurs="0"/><xs:element name="addresses" type="xs:string" minOccurs="0"/><xs:element name="code" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="note" type="xs:string" minOccurs="0"/><xs:element name="references" type="c:References" minOccurs="0"/><xs:element name="incidents" type="xs:string" minOccurs="0"/>
            <xs:element name="info" type="c:Info" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """;

    private static readonly XmlSchemaSet Set = Load();

    /// <summary>Everything that is wrong with an alert; empty when nothing is.</summary>
    public static List<string> Problems(string xml)
    {
        var problems = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = Set, DtdProcessing = DtdProcessing.Prohibit, ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings };
        settings.ValidationEventHandler += (_, e) => problems.Add(e.Message);
        var document = new XmlDocument();
        using (var reader = XmlReader.Create(new StringReader(xml), settings)) document.Load(reader);
        var names = new XmlNamespaceManager(document.NameTable);
        names.AddNamespace("c", "urn:oasis:names:tc:emergency:cap:1.2");
        string? Of(string path) => document.SelectSingleNode(path, names)?.InnerText;
        if (Of("/c:alert/c:msgType") is "Update" or "Cancel" && Of("/c:alert/c:references") is null) problems.Add("An update or cancellation names nothing.");
        if (Of("/c:alert/c:status") is "Exercise" && Of("/c:alert/c:note") is null) problems.Add("An exercise has no note.");
        if (Of("//c:headline") is { Length: > 160 }) problems.Add("The headline is longer than 160 characters.");
        return problems;
    }

    private static XmlSchemaSet Load()
    {
        var set = new XmlSchemaSet();
        set.Add(null, XmlReader.Create(new StringReader(Schema)));
        set.Compile();
        return set;
    }
}
