namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// What one connection owes and since when. The connection only notes moments; one sweep over all connections compares them with the
/// clock, so that a thousand silent connections cost no timer each.
/// </summary>
internal sealed class Deadlines(BrokerOptions options, TimeProvider time)
{
    private const long None = long.MinValue;

    private readonly long _opened = time.GetTimestamp();
    private long _partialSince = None;
    private long _waitingSince = None;
    private long _sendingSince = None;
    private long _closingSince = None;
    private long _silenceTicks;
    private volatile bool _accepted;

    /// <summary>Whether the client was accepted.</summary>
    public bool IsAccepted => _accepted;

    /// <summary>Timestamp since which nothing whole came from the client.</summary>
    public long QuietSince
    {
        get
        {
            var waiting = Volatile.Read(ref _waitingSince);
            return !_accepted ? _opened : waiting == None ? time.GetTimestamp() : waiting;
        }
    }

    /// <summary>The client was accepted; it must now be heard every 1.5 times its keep-alive (MQTT §3.1.2.10). 0 turns that off.</summary>
    public void Accepted(int keepAliveSeconds)
    {
        Volatile.Write(ref _silenceTicks, (long)(keepAliveSeconds * 1.5 * time.TimestampFrequency));
        _accepted = true;
    }

    /// <summary>Nothing is waited for: what came in is being worked on, or the node is slow. Not the client's fault.</summary>
    public void Working() => Volatile.Write(ref _waitingSince, None);

    /// <summary>The next bytes must come from the client.</summary>
    /// <param name="partial">A packet has begun and is not complete.</param>
    public void Waiting(bool partial)
    {
        var now = time.GetTimestamp();
        if (!partial) Volatile.Write(ref _partialSince, None);
        else if (Volatile.Read(ref _partialSince) == None) Volatile.Write(ref _partialSince, now);
        // A byte now and then inside one packet is no sign of life: only whole packets start the silence anew.
        if (!partial || Volatile.Read(ref _waitingSince) == None) Volatile.Write(ref _waitingSince, now);
    }

    public void Sending() => Volatile.Write(ref _sendingSince, time.GetTimestamp());

    public void Sent() => Volatile.Write(ref _sendingSince, None);

    /// <summary>The connection only has to end.</summary>
    public void Closing()
    {
        if (Volatile.Read(ref _closingSince) == None) Volatile.Write(ref _closingSince, time.GetTimestamp());
    }

    /// <summary>Why the connection must be dropped now, or null.</summary>
    public string? Overdue()
    {
        var now = time.GetTimestamp();
        if (!_accepted && Passed(_opened, options.ConnectTimeout, now)) return "no client was accepted in time";
        if (Passed(Volatile.Read(ref _partialSince), options.PacketTimeout, now)) return "a packet was begun and not finished in time";
        if (Passed(Volatile.Read(ref _closingSince), options.PacketTimeout, now)) return "the connection did not end in time";
        if (Passed(Volatile.Read(ref _sendingSince), options.SendTimeout, now)) return "the client does not take what is sent to it";
        var silence = Volatile.Read(ref _silenceTicks);
        var waiting = Volatile.Read(ref _waitingSince);
        return silence > 0 && waiting != None && now - waiting > silence ? "silent for 1.5 times its keep-alive" : null;
    }

    private bool Passed(long since, TimeSpan limit, long now) => since != None && time.GetElapsedTime(since, now) > limit;
}
