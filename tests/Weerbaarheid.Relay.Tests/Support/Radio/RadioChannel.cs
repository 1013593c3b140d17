namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// The air between LoRa modems: half duplex, with time on air, collisions, loss and pliers. What two radios send at the same time on
/// one frequency, bandwidth and spreading factor is lost at everybody who hears both; there is no capture of the stronger one, and
/// no distance. Time is that of a <see cref="TimeProvider"/>: by hand, real, or <see cref="FastTime"/>.
/// </summary>
/// <remarks>
/// One lock for the channel and the modems on it: things happen one after another, as in a simulation. What was to happen at a moment
/// sees that moment as the time, and happens before anything later, even when the timer is late. So real time, which is always late,
/// gives the same bursts and slots as time by hand.
/// </remarks>
internal sealed class RadioChannel : IDisposable
{
    /// <summary>A test that puts more on the air than this is wrong.</summary>
    private const int Most = 200_000;

    /// <summary>A carrier is only sensed when it has been there this long, so that two who begin together collide.</summary>
    private const int SymbolsToSense = 2;

    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Random _random;
    private readonly List<RadioStation> _stations = [];
    private readonly List<Transmission> _transmissions = [];
    private readonly HashSet<(RadioStation From, RadioStation To)> _cuts = [];
    private readonly PriorityQueue<Action, (TimeSpan Due, long Number)> _plans = new();
    private readonly ITimer _alarm;
    private long _planned;
    private TimeSpan? _moment;
    private TimeSpan _longest;
    private bool _isCut;

    internal RadioChannel(TimeProvider time, int seed = 1)
    {
        (_time, _began, _random) = (time, time.GetTimestamp(), new Random(seed));
        _alarm = time.CreateTimer(_ => CatchUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal Lock Lock { get; } = new();

    /// <summary>Since the channel was made; for what was planned, the moment it was planned for.</summary>
    internal TimeSpan Now
    {
        get
        {
            lock (Lock)
                return _moment ?? _time.GetElapsedTime(_began);
        }
    }

    /// <summary>Share of the packets, 0 to 1, that a receiver misses for no reason.</summary>
    internal double Loss { get; set; }

    /// <summary>Everything ever sent, in the order of starting.</summary>
    internal IReadOnlyList<Transmission> Transmissions
    {
        get
        {
            lock (Lock)
                return [.. _transmissions];
        }
    }

    internal RadioStation Join(string name)
    {
        lock (Lock)
        {
            var station = new RadioStation(this, name);
            _stations.Add(station);
            return station;
        }
    }

    /// <summary>Nobody hears anybody any more.</summary>
    internal void Cut()
    {
        lock (Lock)
            _isCut = true;
    }

    /// <summary>These two do not hear each other any more: a hill came between.</summary>
    internal void Cut(RadioStation one, RadioStation other)
    {
        lock (Lock)
        {
            _cuts.Add((one, other));
            _cuts.Add((other, one));
        }
    }

    /// <summary>Everybody hears everybody again.</summary>
    internal void Restore()
    {
        lock (Lock)
        {
            _isCut = false;
            _cuts.Clear();
        }
    }

    /// <summary>Whether this radio, were it to listen before it sends on this tuning, would find the air taken.</summary>
    internal bool IsBusy(RadioStation at, LoRaTuning tuning)
    {
        lock (Lock)
        {
            CatchUp();
            var known = Now - (SymbolsToSense * tuning.Symbol);
            return Recent(known - _longest)
                .Any(t => t.Start <= known && t.End > Now && t.Tuning.Disturbs(tuning) && (t.By == at || Reaches(t.By, at)));
        }
    }

    /// <summary>A number below <paramref name="limit"/>; from the one seed of the channel.</summary>
    internal int Draw(int limit)
    {
        lock (Lock)
            return _random.Next(limit);
    }

    /// <summary>Does something later, with the lock held.</summary>
    internal void After(TimeSpan delay, Action action)
    {
        lock (Lock)
        {
            _plans.Enqueue(action, (Now + delay, _planned++));
            SetAlarm();
        }
    }

    /// <summary>Does what should have been done by now. Whoever comes from outside, a host or a test, calls this first.</summary>
    internal void CatchUp()
    {
        lock (Lock)
        {
            if (_moment is not null) return;
            while (_plans.TryPeek(out var plan, out var when) && when.Due <= Now)
            {
                _plans.Dequeue();
                _moment = when.Due;
                plan();
                _moment = null;
            }

            SetAlarm();
        }
    }

    internal Transmission Begin(RadioStation by, LoRaTuning tuning, ReadOnlyMemory<byte> bytes, Action? ended)
    {
        lock (Lock)
        {
            CatchUp();
            if (_transmissions.Count == Most) throw new InvalidOperationException($"More than {Most} transmissions on one channel.");
            var start = Now > by.SendsUntil ? Now : by.SendsUntil;
            var transmission = new Transmission(by, tuning, start, tuning.TimeOnAir(bytes.Length), bytes.ToArray());
            _transmissions.Add(transmission);
            _longest = transmission.Duration > _longest ? transmission.Duration : _longest;
            After(transmission.End - Now, () =>
            {
                Deliver(transmission);
                ended?.Invoke();
            });
            return transmission;
        }
    }

    public void Dispose()
    {
        lock (Lock)
        {
            _plans.Clear();
            _alarm.Dispose();
        }
    }

    private void SetAlarm()
    {
        if (_moment is not null || !_plans.TryPeek(out _, out var next)) return;
        var wait = next.Due - Now;
        _alarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Deliver(Transmission transmission)
    {
        var overlapping = Recent(transmission.Start - _longest).Where(t => !ReferenceEquals(t, transmission) && t.Overlaps(transmission)).ToList();
        foreach (var station in _stations.Where(s => s != transmission.By && Reaches(transmission.By, s) && s.IsTunedTo(transmission)).ToList())
        {
            var wasSending = overlapping.Any(t => t.By == station);
            if (wasSending || (Loss > 0 && _random.NextDouble() < Loss)) continue;
            var isDamaged = overlapping.Any(t => t.Tuning.Disturbs(transmission.Tuning) && Reaches(t.By, station));
            station.Hear(new Heard(isDamaged ? default : transmission.Bytes, isDamaged));
        }
    }

    private bool Reaches(RadioStation from, RadioStation to) => !_isCut && !_cuts.Contains((from, to));

    /// <summary>What began at this moment or after it.</summary>
    private IEnumerable<Transmission> Recent(TimeSpan from)
    {
        for (var i = _transmissions.Count - 1; i >= 0 && _transmissions[i].Start >= from; i--) yield return _transmissions[i];
    }
}
