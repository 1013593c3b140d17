namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>How long to wait before the next attempt to connect.</summary>
internal static class Backoff
{
    internal static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    internal static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>Doubles from <see cref="First"/> to <see cref="Most"/>, of which a random half is taken off, so that a
    /// region that got its power back does not knock in step.</summary>
    /// <param name="failures">Failures in a row before this one, from 0; large values are fine.</param>
    /// <param name="random">0 up to 1.</param>
    internal static TimeSpan Delay(int failures, double random)
    {
        // 2^6 already passes the ceiling; the clamp keeps the shift in range however long the outage lasts.
        var doubled = First * (1 << Math.Clamp(failures, 0, 6));
        var ceiling = doubled < Most ? doubled : Most;
        return ceiling * (0.5 + (0.5 * random));
    }
}
