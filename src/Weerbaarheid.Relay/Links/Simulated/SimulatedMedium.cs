namespace Weerbaarheid.Relay.Links.Simulated;

/// <summary>What became of a frame that was transmitted.</summary>
/// <param name="Begun">When it was on the air first.</param>
/// <param name="Done">When the sender's transmitter is free again.</param>
/// <param name="Arrivals">Who will hear it when, in order of site; ask <see cref="SimulatedMedium.Delivers"/> at that time.</param>
internal sealed record Transmission(TimeSpan Begun, TimeSpan Done, IReadOnlyList<Arrival> Arrivals);

/// <summary>Bytes on their way to one receiver.</summary>
/// <param name="Cuts">How often the way was cut before it left; one more on arrival means that it was lost.</param>
internal readonly record struct Arrival(ushort From, ushort To, TimeSpan At, ReadOnlyMemory<byte> Bytes, long Cuts);

/// <summary>A shared medium that loses, repeats, delays, reorders and damages frames as its seed says.</summary>
/// <remarks>
/// Pure in time: the caller says what time it is and never goes back. The same calls with the same seed give the same
/// result on any runtime. Receivers are independent; senders do not collide with each other, and a station hears while
/// it transmits: access to the channel is the modem's business and is not simulated. Not safe for concurrent use.
/// </remarks>
internal sealed class SimulatedMedium
{
    private readonly SortedSet<ushort> _sites = [];
    private readonly Dictionary<ushort, TimeSpan> _busyUntil = [];
    private readonly HashSet<(ushort From, ushort To)> _cutWays = [];
    private readonly Dictionary<(ushort From, ushort To), long> _wayCuts = [];
    private SplitMix64 _seeds;
    private long _cuts;

    /// <exception cref="ArgumentException">The options have problems: a start-up error.</exception>
    internal SimulatedMedium(SimulatedMediumOptions options, ulong seed)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        (Options, _seeds) = (options, new SplitMix64(seed));
        Calm();
    }

    internal SimulatedMediumOptions Options { get; }

    /// <summary>Whether the whole medium is out.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>Share of the frames that one receiver misses now.</summary>
    internal double Loss { get; private set; }

    /// <summary>Chance that a bit arrives flipped now.</summary>
    internal double BitErrorRate { get; private set; }

    /// <summary>It loses and damages otherwise than its options say, until <see cref="Calm"/>.</summary>
    internal void Worsen(double loss, double bitErrorRate) => (Loss, BitErrorRate) = (loss, bitErrorRate);

    /// <summary>It loses and damages as its options say.</summary>
    internal void Calm() => (Loss, BitErrorRate) = (Options.Loss, Options.BitErrorRate);

    /// <summary>This sender's transmitter stops at once, and nothing waits for it any more.</summary>
    internal void Stop(ushort site) => _busyUntil.Remove(site);

    /// <summary>From now on this site hears what others transmit; again is harmless.</summary>
    internal void Attach(ushort site) => _sites.Add(site);

    internal void Detach(ushort site) => _sites.Remove(site);

    /// <summary>Nobody hears anybody; what is on its way is lost.</summary>
    internal void Cut()
    {
        IsCut = true;
        _cuts++;
    }

    /// <summary>Ends <see cref="Cut()"/>; cuts between two sites stay.</summary>
    internal void Restore() => IsCut = false;

    /// <summary>Two sites do not hear each other.</summary>
    internal void Cut(ushort a, ushort b)
    {
        CutOneWay(a, b);
        CutOneWay(b, a);
    }

    /// <summary><paramref name="to"/> does not hear <paramref name="from"/>; the other way stays as it is.</summary>
    internal void CutOneWay(ushort from, ushort to)
    {
        _cutWays.Add((from, to));
        _wayCuts[(from, to)] = _wayCuts.GetValueOrDefault((from, to)) + 1;
    }

    internal void Restore(ushort a, ushort b)
    {
        _cutWays.Remove((a, b));
        _cutWays.Remove((b, a));
    }

    /// <summary>Puts a frame on the air, after what this sender already has there.</summary>
    /// <param name="to">Looked at only with <see cref="SimulatedMediumOptions.AddressedOnly"/>.</param>
    /// <exception cref="ArgumentException">The frame is larger than the medium carries: a defect of the caller.</exception>
    internal Transmission Transmit(ushort from, ushort? to, ReadOnlyMemory<byte> bytes, TimeSpan now) => Transmit(from, to, bytes, now, now);

    /// <summary>As the other, and not before a moment.</summary>
    internal Transmission Transmit(ushort from, ushort? to, ReadOnlyMemory<byte> bytes, TimeSpan now, TimeSpan earliest)
    {
        if (bytes.Length > Options.MaxFrame)
            throw new ArgumentException($"A frame of {bytes.Length} bytes on a medium for {Options.MaxFrame}.", nameof(bytes));
        var busy = _busyUntil.GetValueOrDefault(from);
        var begun = busy > now ? busy : now;
        if (begun < earliest) begun = earliest;
        var done = begun + Options.AirTime(bytes.Length);
        _busyUntil[from] = done;

        var arrivals = new List<Arrival>();
        foreach (var site in _sites)
        {
            if (site != from && (to is null || to == site || !Options.AddressedOnly))
                Arrive(from, site, bytes, done, arrivals);
        }

        return new Transmission(begun, done, arrivals);
    }

    /// <summary>Whether a frame that was on its way is really heard, asked at its time of arrival.</summary>
    internal bool Delivers(in Arrival arrival) => arrival.Cuts == CutsSoFar(arrival.From, arrival.To) && _sites.Contains(arrival.To);

    // Every receiver of every frame draws from a generator of its own, so that one more draw here shifts nothing elsewhere.
    private void Arrive(ushort from, ushort to, ReadOnlyMemory<byte> bytes, TimeSpan done, List<Arrival> arrivals)
    {
        var random = new SplitMix64(_seeds.Next());
        var lost = random.NextDouble() < Loss;
        var copies = random.NextDouble() < Options.Duplication ? 2 : 1;
        if (lost || IsCut || _cutWays.Contains((from, to)))
            return;
        for (var copy = 0; copy < copies; copy++)
        {
            var at = done + Options.Delay + TimeSpan.FromTicks((long)(Options.Jitter.Ticks * random.NextDouble()));
            if (Options.Reordering > 0 && random.NextDouble() < Options.Reordering) at += TimeSpan.FromTicks((long)(Options.ReorderedBy.Ticks * random.NextDouble()));
            arrivals.Add(new Arrival(from, to, at, Damage(bytes, ref random), CutsSoFar(from, to)));
        }
    }

    private long CutsSoFar(ushort from, ushort to) => _cuts + _wayCuts.GetValueOrDefault((from, to));

    // Draws the distance to the next flipped bit (geometric distribution) instead of one number per bit.
    private ReadOnlyMemory<byte> Damage(ReadOnlyMemory<byte> bytes, ref SplitMix64 random)
    {
        if (BitErrorRate == 0)
            return bytes;
        var log = Math.Log(1 - BitErrorRate);
        byte[]? damaged = null;
        var bits = bytes.Length * 8L;
        for (var position = Skip(ref random, log); position < bits; position += 1 + Skip(ref random, log))
        {
            damaged ??= bytes.ToArray();
            damaged[(int)(position / 8)] ^= (byte)(0x80 >> (int)(position % 8));
        }

        return damaged ?? bytes;
    }

    private static double Skip(ref SplitMix64 random, double log) => Math.Floor(Math.Log(1 - random.NextDouble()) / log);
}
