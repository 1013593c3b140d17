namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Where the external broker is and how this site presents itself there.</summary>
/// <param name="Name">As in the configuration; part of the client identifier, so it must stay the same for the session to be found again.</param>
/// <param name="Uri"><c>mqtt://host[:1883]</c> or <c>mqtts://host[:8883]</c>; the host is the name the certificate must carry.</param>
/// <param name="Site">This site.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
/// <param name="Protocol"><c>"5"</c>, <c>"3.1.1"</c>, or null: try 5 and fall back.</param>
/// <param name="User">User name, or null for none.</param>
/// <param name="PasswordFile">File with the password on its first line; read at each connection, so it may be replaced while running.</param>
/// <param name="CaFile">PEM with the only roots to trust; null means those of the machine.</param>
/// <param name="CertificateFile">PEM with this site's own certificate, when the broker asks for one.</param>
/// <param name="KeyFile">PEM with its private key; null means the key is in <paramref name="CertificateFile"/>.</param>
internal sealed record MqttLinkOptions(
    string Name,
    Uri Uri,
    ushort Site,
    IReadOnlyList<ushort> Peers,
    string? Protocol = null,
    string? User = null,
    string? PasswordFile = null,
    string? CaFile = null,
    string? CertificateFile = null,
    string? KeyFile = null)
    : LinkOptions(Name, Peers)
{
    internal override string Place => Uri.ToString();

    internal MqttTimings Timings { get; init; } = new();

    internal string ClientId => $"weerbaarheid-{Site}-{Name}";

    internal bool UsesTls => Uri.Scheme == "mqtts";

    internal int Port => Uri.Port > 0 ? Uri.Port : UsesTls ? 8883 : 1883;

    /// <summary>What is wrong, each with its remedy; empty when the link can be made.</summary>
    internal IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (!Uri.IsAbsoluteUri || Uri.Scheme is not ("mqtt" or "mqtts") || Uri.Host.Length == 0)
            problems.Add($"uri '{Uri}': use mqtt://host:1883 or mqtts://host:8883");
        if (Protocol is not (null or "5" or "3.1.1"))
            problems.Add($"protocol '{Protocol}': use \"5\" or \"3.1.1\", or leave it out to try both");
        if (KeyFile is not null && CertificateFile is null)
            problems.Add($"keyFile '{KeyFile}': name the certificateFile it belongs to");
        if (PasswordFile is not null && User is null)
            problems.Add($"passwordFile '{PasswordFile}': name the user it belongs to");
        return problems;
    }
}

/// <summary>How long things may take; the defaults are for the field, tests shorten them.</summary>
internal sealed record MqttTimings
{
    /// <summary>Promised to the broker in CONNECT (whole seconds, at least 1). A dead connection is noticed within this time.</summary>
    internal TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For the name look-up, TCP, TLS, CONNACK and SUBACK together.</summary>
    internal TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From handing a publish to the connection until its PUBACK.</summary>
    internal TimeSpan Acknowledge { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that lasted this long was a good one: the next failure starts at the shortest delay again.</summary>
    internal TimeSpan GoodConnection { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a clean goodbye when the node stops.</summary>
    internal TimeSpan Goodbye { get; init; } = TimeSpan.FromSeconds(1);
}
