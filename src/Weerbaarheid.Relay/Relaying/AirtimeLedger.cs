namespace Weerbaarheid.Relay.Relaying;
internal sealed class AirtimeLedger()
{
    private readonly Dictionary<string, SortedDictionary<long, TimeSpan>> _bands = [];
    public TimeSpan Left(string band, double dutyCycle, TimeSpan now) => dutyCycle >= 1 ? TimeSpan.MaxValue : TimeSpan.FromHours(dutyCycle) - SpentLastHour(band, now);
    public TimeSpan SpentLastHour(string band, TimeSpan now) => _bands.TryGetValue(band, out var b) ? b.Where(x => x.Key >= (long)now.TotalMinutes - 60).Aggregate(TimeSpan.Zero, (a, x) => a + x.Value) : TimeSpan.Zero;
    public bool Allows(string band, double dutyCycle, TimeSpan airtime, double reserve, TimeSpan now) => dutyCycle >= 1 || airtime <= Left(band, dutyCycle, now) - (TimeSpan.FromHours(dutyCycle) * reserve);
    public TimeSpan NextRoom(string band, double dutyCycle, TimeSpan airtime, double reserve, TimeSpan now)
    {
        for (var at = now; at < now + TimeSpan.FromHours(2); at = TimeSpan.FromMinutes((long)at.TotalMinutes + 1)) if (Allows(band, dutyCycle, airtime, reserve, at)) return at;
        return TimeSpan.MaxValue;
    }
    public void Spend(string band, double dutyCycle, TimeSpan airtime, TimeSpan now)
    {
        if (!_bands.TryGetValue(band, out var b)) _bands[band] = b = [];
        var m = (long)now.TotalMinutes;
        b[m] = b.GetValueOrDefault(m) + airtime;
    }
    public void Flush(Effects effects) { _ = _bands; }
}
