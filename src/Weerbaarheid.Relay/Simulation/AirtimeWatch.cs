namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// What each site really transmitted in each band, in true time: no hour, wherever it begins, may hold more than the band allows. It
/// knows nothing of the nodes' own ledgers, nor of their clocks.
/// </summary>
internal sealed class AirtimeWatch
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<(ushort Site, string Band), Band> _bands = [];

    /// <summary>A transmission ended. The hours that hold most end with one, so only those are looked at.</summary>
    /// <returns>What was transmitted in the hour that ends with it.</returns>
    public TimeSpan Note(ushort site, string band, TimeSpan begun, TimeSpan done)
    {
        if (!_bands.TryGetValue((site, band), out var own)) _bands[(site, band)] = own = new Band();
        return own.Note(begun, done);
    }

    private sealed class Band
    {
        private readonly Queue<(TimeSpan Begun, TimeSpan Done)> _lately = new();
        private TimeSpan _sum;

        public TimeSpan Note(TimeSpan begun, TimeSpan done)
        {
            _lately.Enqueue((begun, done));
            _sum += done - begun;
            var start = done - Hour;
            while (_lately.Peek() is var oldest && oldest.Done <= start)
            {
                _sum -= oldest.Done - oldest.Begun;
                _lately.Dequeue();
            }

            return _sum - (_lately.Peek() is var first && first.Begun < start ? start - first.Begun : TimeSpan.Zero);
        }
    }
}
