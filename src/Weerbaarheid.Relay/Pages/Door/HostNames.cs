using System.Net;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>
/// Under which names a node is spoken to. A site on the internet can let its own name point at the node's address and then read its pages as
/// if they were its own (DNS rebinding); so a name is taken only when nobody on the internet can have it: an address, a name without
/// dots, one in a domain for private networks (RFC 8375, RFC 6762, and those that ICANN keeps free), or one in the configuration.
/// </summary>
internal sealed class HostNames(IEnumerable<string> configured)
{
    private static readonly string[] PrivateDomains = [".lan", ".local", ".home.arpa", ".internal", ".localhost"];

    private readonly HashSet<string> _configured = new(configured, StringComparer.OrdinalIgnoreCase);

    /// <param name="host">The host of a request, without its port.</param>
    public bool Knows(string host) => host.Length > 0 && (!host.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(host.Trim('[', ']'), out _) || _configured.Contains(host)
        || PrivateDomains.Any(domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)));
}
