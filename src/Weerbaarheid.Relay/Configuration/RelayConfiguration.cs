using System.Net;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>What one node must do, checked: nothing in it contradicts anything else (design §6.2).</summary>
/// <param name="Site">Who this node is.</param>
/// <param name="BrokerListen">Where the node's own MQTT broker listens; null when it is off.</param>
/// <param name="HttpListen">Where the page is served; null when it is off.</param>
/// <param name="Links">In the order of <c>links</c>: earlier is preferred. Holds those of <paramref name="NotInThisVersion"/> as far as their settings are known.</param>
/// <param name="Keys">Where the keys come from.</param>
/// <param name="DataFolder">Full path of the folder for the outbox; need not exist yet.</param>
/// <param name="File">Full path of the file it came from; null when there was none and the defaults hold.</param>
/// <param name="NotInThisVersion">Links of types that are known and that this version cannot run; <c>run</c> refuses them, the other verbs do not need them.</param>
internal sealed record RelayConfiguration(
    Site Site,
    IPEndPoint? BrokerListen,
    IPEndPoint? HttpListen,
    IReadOnlyList<LinkOptions> Links,
    KeysConfiguration Keys,
    string DataFolder,
    string? File,
    IReadOnlyList<ConfigurationError> NotInThisVersion)
{
    /// <summary>Where the broker listens with TLS too; null when it does not.</summary>
    public TlsListenConfiguration? BrokerTls { get; init; }

    /// <summary>Names under which the page may be asked for, besides addresses and names that only private networks have (<c>http.names</c>).</summary>
    public IReadOnlyList<string> HttpNames { get; init; } = [];

    /// <summary>The ground under the map of the meldkamer (<c>http.map</c>); null for none.</summary>
    public MapConfiguration? Map { get; init; }

    /// <summary>The name of the exercise that goes on (<c>exercise.name</c>); null when there is none. Then what is made on the page is marked OEFENING.</summary>
    public string? Exercise { get; init; }

    /// <summary>What is known of other sites (<c>sites</c>): names and places for the pages of the meldkamer.</summary>
    public IReadOnlyList<KnownSite> Sites { get; init; } = [];

    /// <summary>Where metrics and traces are sent (<c>telemetry.otlp</c>, OTLP over HTTP); null for nowhere, and then nothing about the node leaves the machine.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Days that records out of custody are kept at most (<c>retention.days</c>); null for as long as there is room.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Records out of custody that are kept at most (<c>retention.records</c>).</summary>
    public int RetentionRecords { get; init; } = 200_000;

    /// <summary>Room held to be given away when the disk is full, so that priority 1 still fits; in MiB, 0 for none.</summary>
    public int BallastMiB { get; init; } = 16;

    /// <summary>Most messages that wait for a way out (<c>queue.messages</c>).</summary>
    public int QueueMessages { get; init; } = RelayRules.Default.MaxHeld;

    /// <summary>Where the lives of this node's counter are kept.</summary>
    /// <param name="drawn">A life drawn by lot, for a node that has lost all trace of its own.</param>
    public LifeFiles Lives(uint drawn)
    {
        var inData = LifeFile.InFolder(DataFolder);
        return Keys is KeysConfiguration.File { Path: var keyFile } ? new LifeFiles(inData, LifeFile.BesideKeys(keyFile), drawn) : new LifeFiles(inData, null, null);
    }
}

/// <summary>The broker's second listener, which asks every client for a certificate.</summary>
/// <param name="Listen">Address and port.</param>
/// <param name="CertificateFile">PEM with the broker's certificate.</param>
/// <param name="KeyFile">PEM with its private key; null when that is in <paramref name="CertificateFile"/>.</param>
/// <param name="CaFile">PEM with the authority of the clients.</param>
internal sealed record TlsListenConfiguration(IPEndPoint Listen, string CertificateFile, string? KeyFile, string CaFile);

/// <summary>A picture of the ground, north up. Its edges are metres on the Dutch grid.</summary>
/// <param name="File">Full path of a PNG, JPEG or WebP; need not exist.</param>
/// <param name="West">Its left edge.</param>
/// <param name="South">Its lower edge.</param>
/// <param name="East">Its right edge, east of <paramref name="West"/>.</param>
/// <param name="North">Its upper edge, north of <paramref name="South"/>.</param>
/// <param name="Source">Whose map it is, as its licence wants it said; null for nothing.</param>
internal sealed record MapConfiguration(string File, double West, double South, double East, double North, string? Source);

/// <summary>Where the keys come from.</summary>
internal abstract record KeysConfiguration
{
    /// <summary>The published keys, which protect nothing.</summary>
    /// <param name="Chosen">False when nobody chose them: no keys were given and nothing leaves the machine.</param>
    internal sealed record Demonstration(bool Chosen) : KeysConfiguration;

    /// <summary>A key file.</summary>
    /// <param name="Path">Full path.</param>
    internal sealed record File(string Path) : KeysConfiguration;
}

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Where">The file, the environment variable or the option that says it.</param>
/// <param name="Key">The key, as <c>links[0].uri</c>; empty for the whole.</param>
/// <param name="Problem">What is wrong with the value that was given.</param>
/// <param name="Remedy">What to write instead.</param>
internal readonly record struct ConfigurationError(string Where, string Key, string Problem, string Remedy)
{
    /// <summary><c>where: key: problem; remedy</c>.</summary>
    public override string ToString() => string.Join(": ", new[] { Where, Key, $"{Problem}; {Remedy}" }.Where(part => part.Length > 0));
}

/// <summary>A configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">Null when there are errors.</param>
/// <param name="Errors">At most <see cref="ConfigurationErrors.Most"/>; empty when there is a configuration.</param>
internal readonly record struct ConfigurationResult(RelayConfiguration? Configuration, IReadOnlyList<ConfigurationError> Errors);

/// <summary>Collects what is wrong, so that a person sees every mistake at once.</summary>
internal sealed class ConfigurationErrors
{
    /// <summary>More than this helps nobody.</summary>
    public const int Most = 50;

    private readonly List<ConfigurationError> _errors = [];

    public IReadOnlyList<ConfigurationError> All => _errors;

    public void Add(ConfigurationError error)
    {
        if (_errors.Count < Most) _errors.Add(error);
    }
}
