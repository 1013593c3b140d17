using System.Globalization;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Whom a certificate names, and what that one may do here. The common name is the number of a site, so that a Mosquitto that takes the
/// name for a user (<c>use_identity_as_username</c>) can keep the same rules with <c>pattern ... %u</c>; any other name is an application.
/// </summary>
/// <param name="Name">Common name of the certificate.</param>
internal sealed record Guest(string Name)
{
    private const string Root = "weerbaarheid/v1/";

    /// <summary>The site; null for an application.</summary>
    public ushort? Site { get; } =
        ushort.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out var site) && site is > 0 and < ushort.MaxValue ? site : null;

    /// <summary>Its client identifiers in a space of their own: nobody takes over the session of another, or of a client on this machine.</summary>
    public string ClientId(string given) => $"{Name}/{given}";

    /// <summary>Why it may not publish there; null when it may.</summary>
    public string? WhyNotPublish(string topic)
    {
        if (Site is null) return topic.StartsWith(Topics.In, StringComparison.Ordinal) ? null : $"The certificate of application '{Name}' lets it publish on {Topics.In}... only.";
        var allowed = Topics.TryReadWire(topic, out _) || (Topics.TryReadSite(topic, Topics.Node, out var about) && about == Site);
        return allowed ? null : $"The certificate of site {Site} lets it publish frames and its own presence only.";
    }

    /// <summary>Why it may not subscribe to that; null when it may.</summary>
    public string? WhyNotSubscribe(string filter)
    {
        if (Site is { } own) return filter == Topics.WireAll || filter == Topics.WireToSite(own) ? null : $"The certificate of site {own} lets it subscribe to {Topics.WireAll} and {Topics.WireToSite(own)} only.";
        var parts = filter.Split('/', 3);
        var plain = parts is ["$share", _, var shared] ? shared : filter;
        var level = plain.StartsWith(Root, StringComparison.Ordinal) ? plain[Root.Length..].Split('/')[0] : "#";
        return level is "#" or "+" or "wire" or "" ? $"The certificate of application '{Name}' lets it subscribe to what is for applications only, such as {Root}out/#." : null;
    }
}
