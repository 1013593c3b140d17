using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>
/// How fast PINs may be tried. Each address waits longer after each wrong one, up to a quarter of an hour. All strangers together have a number of
/// tries that grows back slowly, so that many addresses are no way around it; an address from which the right PIN came before does not share in
/// that, so that a hostile phone does not shut out who was in. Safe to call from several threads.
/// </summary>
/// <param name="time">The machine's clocks.</param>
internal sealed class PinPace(TimeProvider time)
{
    /// <summary>Wrong ones without a wait worth the name: people mistype.</summary>
    public const int Free = 3;

    /// <summary>Tries that strangers have together at once.</summary>
    public const int Together = 60;

    /// <summary>How long until they have one more.</summary>
    public static readonly TimeSpan OneMore = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait of one address.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private const int MostAddresses = 1_024;
    private const int MostKnown = 256;
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Wrong, long NotBefore)> _tries = [];
    private readonly Dictionary<IPAddress, long> _known = [];
    private long? _spentUntil;

    /// <summary>Takes a try. It counts as a wrong one until <see cref="Right"/> says otherwise, so that many at once are no way around the wait.</summary>
    /// <returns>How long to wait first; null when the PIN may be looked at.</returns>
    public TimeSpan? Take(IPAddress address)
    {
        var who = Of(address);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var (wrong, notBefore) = _tries.GetValueOrDefault(who);
            if (wrong > 0 && now > notBefore + Ticks(Memory)) wrong = 0;
            if (wrong > 0 && now < notBefore) return time.GetElapsedTime(now, notBefore);
            if (!IsKnown(who, now) && TakeTogether(now) is { } wait) return wait;
            if (_tries.Count >= MostAddresses && !_tries.ContainsKey(who)) Forget();
            _tries[who] = (wrong + 1, now + Ticks(PauseAfter(wrong + 1)));
            return null;
        }
    }

    /// <summary>The PIN was right.</summary>
    public void Right(IPAddress address)
    {
        var who = Of(address);
        lock (_gate)
        {
            _tries.Remove(who);
            if (_known.Count >= MostKnown && !_known.ContainsKey(who)) _known.Remove(_known.MinBy(pair => pair.Value).Key);
            _known[who] = time.GetTimestamp();
        }
    }

    /// <summary>How long an address waits after so many wrong ones.</summary>
    public static TimeSpan PauseAfter(int wrong) => wrong <= Free ? TimeSpan.FromSeconds(1)
        : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 4 * Math.Pow(2, Math.Min(wrong - Free, 20))));

    private bool IsKnown(IPAddress who, long now) => IPAddress.IsLoopback(who) || (_known.TryGetValue(who, out var since) && now < since + Ticks(KnownFor));

    private TimeSpan? TakeTogether(long now)
    {
        var full = now - Ticks(OneMore * Together);
        var spent = Math.Max(_spentUntil ?? full, full) + Ticks(OneMore);
        if (spent > now) return time.GetElapsedTime(now, spent);
        _spentUntil = spent;
        return null;
    }

    /// <summary>Room for one more: who has waited longest goes. That helps an attacker with a thousand addresses, whom the tries of all together stop.</summary>
    private void Forget() => _tries.Remove(_tries.MinBy(pair => pair.Value.NotBefore).Key);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>A machine has a whole network of IPv6 addresses to itself.</summary>
    private static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes);
    }
}
