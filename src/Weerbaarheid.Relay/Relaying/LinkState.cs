using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A link as the core sees it.</summary>
/// <param name="site">This station; it draws its waits by it.</param>
/// <param name="index">Its place in the configuration.</param>
/// <param name="description">What it is.</param>
internal sealed class LinkState(ushort site, int index, LinkDescription description)
{
    private const int MostLosses = 8;
    private static readonly TimeSpan LossMemory = TimeSpan.FromMinutes(10);

    /// <summary>Answers to repeats that may follow each other at once.</summary>
    private const int MostRepeats = 6;

    private readonly Queue<TimeSpan> _losses = new();
    private TimeSpan _repeatsPaidUntil;

    public int Index { get; } = index;

    public LinkDescription Description { get; } = description;

    /// <summary>Whether every byte on it counts.</summary>
    public bool IsNarrow { get; } = description.Air is not null;

    public bool IsUp { get; set; }

    /// <summary>Frames handed over that the medium has not taken yet: their number, when, and their airtime. At most a window.</summary>
    public Dictionary<long, (TimeSpan At, TimeSpan Airtime)> Outstanding { get; } = [];

    public TimeSpan BeaconDue { get; set; }

    /// <summary>Whether the last beacon went out under the older of two key epochs; the next one goes under the newer.</summary>
    public bool WasOlder { get; set; }

    /// <summary>The next beacon asks who is there.</summary>
    public bool Asks { get; set; }

    public TimeSpan? LastBeacon { get; private set; }

    /// <summary>Beacons sent since it came up with nobody there.</summary>
    public int Calls { get; set; }

    /// <summary>What this station waits before it says something for which others may have the same reason now.</summary>
    public TimeSpan Spread => LinkPace.Spread(Description) * Draw;

    public long FramesSent { get; set; }

    public long FramesReceived { get; set; }

    /// <summary>Frames that were not this network's or made no sense.</summary>
    public long FramesRefused { get; set; }

    public bool HasRoom => IsUp && Outstanding.Count < Description.Window;

    /// <summary>Why it is down; empty while it is up or never said.</summary>
    public string DownReason { get; set; } = "";

    /// <summary>When the airtime allows what had to wait for it; null when nothing does.</summary>
    public TimeSpan? AirDue { get; set; }

    /// <summary>A number from 0 to 1 that differs between stations, and from one frame to the next.</summary>
    private double Draw
    {
        get
        {
            // Two rounds of multiplying and folding, so that every bit of both counts.
            var mixed = (ulong)FramesSent << 16 | site;
            for (var round = 0; round < 2; round++) mixed = (mixed ^ mixed >> 29) * 0xBF58_476D_1CE4_E5B9;
            return (mixed >> 40) / (double)(1 << 24);
        }
    }

    /// <summary>
    /// Whether what came before may be answered once more. A frame carries nothing that shows its age, so a stranger may play a
    /// recording; on a narrow link all answers to repeats together take a tenth of the allowed airtime, after a few at once.
    /// </summary>
    public bool MayAnswerRepeat(TimeSpan now)
    {
        if (!IsNarrow) return true;
        var pause = LinkPace.ReceiptPause(Description);
        if (_repeatsPaidUntil > now + (pause * (MostRepeats - 1))) return false;
        _repeatsPaidUntil = (_repeatsPaidUntil > now ? _repeatsPaidUntil : now) + pause;
        return true;
    }

    /// <summary>It stopped working, by its own account or because nobody answers on it.</summary>
    public void NoteLoss(TimeSpan now)
    {
        _losses.Enqueue(now);
        if (_losses.Count > MostLosses) _losses.Dequeue();
    }

    /// <summary>When a neighbour that is heard on it again may take over: at once after one loss in ten minutes, ever later after more.</summary>
    public TimeSpan TrustedAt(TimeSpan now)
    {
        while (_losses.TryPeek(out var first) && now - first > LossMemory) _losses.Dequeue();
        return _losses.Count <= 1 ? now : now + TimeSpan.FromSeconds(Math.Min(300, 10 * Math.Pow(2, _losses.Count - 2)));
    }

    /// <summary>A beacon goes out now, and the next after this pause.</summary>
    public void NoteBeacon(TimeSpan now, TimeSpan pause) => (Asks, LastBeacon, BeaconDue) = (false, now, now + Unsteady(pause));

    /// <summary>Something gave reason for a beacon before its time.</summary>
    public void HurryBeacon(TimeSpan now)
    {
        var allowed = LastBeacon is { } last ? last + Unsteady(LinkPace.BeaconPause(Description)) : now;
        var due = allowed > now + Spread ? allowed : now + Spread;
        if (due < BeaconDue) BeaconDue = due;
    }

    /// <summary>Up to a quarter shorter where all hear each other, or two stations that began together would stay in step for ever.</summary>
    private TimeSpan Unsteady(TimeSpan pause) => IsNarrow ? pause * (1 - (Draw / 4)) : pause;
}
