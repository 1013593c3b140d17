namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>Counts how often a modem had to be set up anew, so that one that never works is given up.</summary>
internal sealed class Restarts
{
    private const int Most = 5;

    /// <summary>A modem that worked this long is not the one that failed before.</summary>
    private static readonly TimeSpan GoodLife = TimeSpan.FromMinutes(1);

    private int _count;
    private TimeSpan _last;

    /// <summary>Counts one more.</summary>
    /// <returns>False when it happened too often.</returns>
    internal bool Allow(TimeSpan now)
    {
        _count = _count > 0 && now - _last < GoodLife ? _count + 1 : 1;
        _last = now;
        return _count <= Most;
    }

    internal void Reset() => _count = 0;
}
