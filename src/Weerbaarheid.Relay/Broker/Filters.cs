namespace Weerbaarheid.Relay.Broker;

/// <summary>Topic filters (MQTT 5 §4.7) and shared ones (§4.8.2).</summary>
internal static class Filters
{
    private const string SharePrefix = "$share/";

    /// <summary>Whether this is a filter at all: wildcards stand for whole levels, # for the last ones only.</summary>
    public static bool IsValid(string filter)
    {
        if (filter.Length == 0 || filter.Contains('\0')) return false;
        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] is not ('+' or '#')) continue;
            if (i > 0 && filter[i - 1] != '/') return false;
            if (filter[i] == '#' ? i != filter.Length - 1 : i + 1 < filter.Length && filter[i + 1] != '/') return false;
        }

        return true;
    }

    /// <summary>Whether it asks for a shared subscription, well-formed or not.</summary>
    public static bool IsShared(string filter) => filter.StartsWith(SharePrefix, StringComparison.Ordinal);

    /// <summary>Reads <c>$share/{name}/{filter}</c>.</summary>
    /// <returns>False when a part is missing or no name or filter.</returns>
    public static bool TryReadShared(string shared, out string filter)
    {
        filter = "";
        var name = shared.AsSpan(SharePrefix.Length);
        var end = name.IndexOf('/');
        if (end <= 0 || name[..end].ContainsAny('+', '#', '\0')) return false;
        filter = name[(end + 1)..].ToString();
        return IsValid(filter);
    }
}
