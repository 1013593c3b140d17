using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Support;

/// <summary>
/// A zip for who helps from afar: how the node is set up and doing, and nothing of what people wrote. What goes in is named here, one by one;
/// what is new in a document stays out until somebody names it.
/// </summary>
internal static class SupportBundle
{
    private const string ReadMe =
        """
        HULPBESTAND VAN EEN WEERBAARHEID-RELAY

        Hierin staan de versie, de instellingen zonder geheimen, de toestand en het overzicht van een punt.
        Niet hierin: teksten, plaatsen en kenmerken van meldingen, sleutels, pincodes, wachtwoorden en namen van gebruikers.
        Wat is weggelaten, is in de bestanden te zien aan het woord "weggelaten".

        Het programma bewaart zelf geen logboek, en dat zit hier dus niet bij. Op een ingericht punt staat het in het systeemlogboek:
            journalctl -u weerbaarheid-relay --since -1h
        Bekijk die regels voordat u ze verstuurt.

        """;

    /// <summary>Makes the zip.</summary>
    /// <param name="configuration">How the node is set up.</param>
    /// <param name="status">Its own state (JSON); empty when it does not run.</param>
    /// <param name="report">The situation report (JSON); empty when it does not run.</param>
    public static byte[] Write(RelayConfiguration configuration, ReadOnlyMemory<byte> status, ReadOnlyMemory<byte> report)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "LEESMIJ.txt", Encoding.UTF8.GetBytes(ReadMe));
            Add(zip, "versie.txt", Encoding.UTF8.GetBytes($"weerbaarheid-relay {Version()}\n{Environment.OSVersion}, .NET {Environment.Version}, {Environment.ProcessorCount} processors\n"));
            Add(zip, "instellingen.json", Settings(configuration));
            if (!status.IsEmpty) Add(zip, "toestand.json", Redaction.Redact(status));
            if (!report.IsEmpty) Add(zip, "overzicht.json", Redaction.Redact(report));
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(content);
    }

    private static string Version() => typeof(SupportBundle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private static byte[] Settings(RelayConfiguration configuration) => JsonBytes.Write(json =>
    {
        var site = configuration.Site;
        json.WriteStartObject();
        json.WriteNumber("site", site.Id);
        json.WriteString("name", site.Name);
        json.WriteString("role", ConfigurationLoader.Roles[(int)site.Role]);
        json.WriteString("region", site.Region);
        json.WriteString("file", configuration.File);
        json.WriteString("broker", configuration.BrokerListen?.ToString() ?? "off");
        json.WriteString("brokerTls", configuration.BrokerTls?.Listen.ToString() ?? "off");
        json.WriteString("http", configuration.HttpListen?.ToString() ?? "off");
        json.WriteString("keys", configuration.Keys is KeysConfiguration.File ? "file" : "demonstration");
        json.WriteString("data", configuration.DataFolder);
        json.WriteNumber("queueMessages", configuration.QueueMessages);
        json.WriteNumber("ballastMiB", configuration.BallastMiB);
        json.WriteBoolean("exercise", configuration.Exercise is not null);
        json.WriteStartArray("links");
        foreach (var link in configuration.Links) Write(json, link);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, LinkOptions link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        // An address can hold a user and a password; only where it leads is told.
        json.WriteString("place", link is MqttLinkOptions mqtt ? $"{mqtt.Uri.Scheme}://{mqtt.Uri.Host}:{mqtt.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : link.Place);
        if (link is MqttLinkOptions { CaFile: not null }) json.WriteBoolean("ownAuthority", true);
        if (link is MqttLinkOptions { CertificateFile: not null }) json.WriteBoolean("ownCertificate", true);
        json.WriteStartArray("peers");
        foreach (var peer in link.Peers) json.WriteNumberValue(peer);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
