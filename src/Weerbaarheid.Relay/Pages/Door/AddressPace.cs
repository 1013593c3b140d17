using System.Net;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>
/// How fast each address may ask. Nobody who reads and types comes near it; who does is a program, and must not fill the queue with meldingen or
/// keep the processor from everybody else's. Safe to call from several threads.
/// </summary>
internal sealed class AddressPace(TimeProvider time)
{
    /// <summary>What a form that is sent costs; a page costs 1.</summary>
    public const int FormCost = 10;

    /// <summary>What an address may spend at once.</summary>
    public const int Burst = 120;

    /// <summary>What it gets back each second.</summary>
    public const int PerSecond = 10;

    private const int MostAddresses = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, long> _paidUntil = [];

    /// <summary>Whether the address may have what costs so much.</summary>
    public bool TryTake(IPAddress address, int cost)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_paidUntil.Count >= MostAddresses && !_paidUntil.ContainsKey(address)) Forget(now);
            var full = now - (time.TimestampFrequency * Burst / PerSecond);
            var paid = Math.Max(_paidUntil.GetValueOrDefault(address, full), full) + (time.TimestampFrequency * cost / PerSecond);
            if (paid > now || (_paidUntil.Count >= MostAddresses && !_paidUntil.ContainsKey(address))) return false;
            _paidUntil[address] = paid;
            return true;
        }
    }

    /// <summary>Who has been quiet for so long that all is his again.</summary>
    private void Forget(long now)
    {
        foreach (var (address, paid) in _paidUntil)
            if (paid <= now - (time.TimestampFrequency * Burst / PerSecond)) _paidUntil.Remove(address);
    }
}
