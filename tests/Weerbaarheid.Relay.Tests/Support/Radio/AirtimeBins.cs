namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>The airtime that an RNode has used, in bins of 7.5 s: the short share is over two bins, the long one over an hour of them.</summary>
internal sealed class AirtimeBins
{
    private const long ShortBins = 2;
    private const long LongBins = 480;

    private static readonly TimeSpan Bin = TimeSpan.FromSeconds(7.5);

    private readonly Queue<(long Bin, TimeSpan Airtime)> _used = [];

    internal void Add(TimeSpan now, TimeSpan airtime)
    {
        var bin = now.Ticks / Bin.Ticks;
        while (_used.TryPeek(out var oldest) && oldest.Bin <= bin - LongBins) _used.Dequeue();
        _used.Enqueue((bin, airtime));
    }

    /// <summary>0 to 1 of about the last 15 s.</summary>
    internal double Short(TimeSpan now) => Share(now, ShortBins);

    /// <summary>0 to 1 of the last hour.</summary>
    internal double Long(TimeSpan now) => Share(now, LongBins);

    private double Share(TimeSpan now, long bins)
    {
        var oldest = (now.Ticks / Bin.Ticks) - bins;
        return _used.Where(used => used.Bin > oldest).Sum(used => used.Airtime.TotalSeconds) / (bins * Bin).TotalSeconds;
    }
}
