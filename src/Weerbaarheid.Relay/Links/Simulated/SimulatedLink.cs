using System.Threading.Channels;

namespace Weerbaarheid.Relay.Links.Simulated;

/// <summary>One site's radio on a <see cref="SimulatedAir"/>.</summary>
internal sealed class SimulatedLink : ILink
{
    /// <summary>Events that wait for the node; more incoming frames than fit are missed, as a deaf radio misses them.</summary>
    private const int Inbox = 4_096;

    /// <summary>Places that incoming frames may not take: each frame of the largest window, and changes of the medium.</summary>
    private const int Reserved = 2_048;

    private readonly SimulatedAir _air;
    private readonly ushort _site;
    private readonly Channel<LinkEvent> _inbox = Channel.CreateBounded<LinkEvent>(Inbox);
    private readonly Lock _lock = new();
    private bool _up;
    private long _life;
    private int _handedOver;
    private long _missed;

    internal SimulatedLink(SimulatedAir air, ushort site, string name, IReadOnlyList<ushort>? peers = null)
    {
        (_air, _site) = (air, site);
        var options = air.Options;
        Description = new LinkDescription(name, "simulated", options.MaxFrame, options.BitRate, options.Window, peers ?? []) { Air = options.AirOf(name) };
    }

    public LinkDescription Description { get; }

    /// <summary>Frames that came while the node was too busy to take them; grows only.</summary>
    internal long Missed => Interlocked.Read(ref _missed);

    /// <exception cref="InvalidOperationException">The site is on this medium already: a start-up error.</exception>
    public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        if (!_air.Join(_site, this))
            throw new InvalidOperationException($"Site {_site} is on this simulated medium already.");
        try
        {
            await foreach (var happened in _inbox.Reader.ReadAllAsync(cancellationToken))
                await events.WriteAsync(happened, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
        finally
        {
            _air.Leave(_site);
            Forget();
        }
    }

    public bool TrySend(OutgoingFrame frame)
    {
        long life;
        lock (_lock)
        {
            if (!_up || _handedOver >= Description.Window || frame.Bytes.Length > Description.MaxFrame)
                return false;
            _handedOver++;
            life = _life;
        }

        _air.Send(_site, this, frame, life);
        return true;
    }

    internal void Hear(ReadOnlyMemory<byte> bytes)
    {
        if (_inbox.Reader.Count >= Inbox - Reserved || !_inbox.Writer.TryWrite(new LinkEvent.Received(this, bytes)))
            Interlocked.Increment(ref _missed);
    }

    internal void NoticeSent(long number, long life)
    {
        lock (_lock)
        {
            // A frame of before a cut was reported lost with it.
            if (life != _life)
                return;
            _handedOver--;
            _inbox.Writer.TryWrite(new LinkEvent.Sent(this, number));
        }
    }

    internal void NoticeCut()
    {
        lock (_lock)
        {
            if (!_up || !_air.Options.ReportsCuts)
                return;
            (_up, _handedOver) = (false, 0);
            _life++;
            _inbox.Writer.TryWrite(new LinkEvent.Down(this, "the simulated medium is cut"));
        }
    }

    // So that the link can run again: nothing of this run may show up in the next.
    private void Forget()
    {
        lock (_lock)
        {
            (_up, _handedOver) = (false, 0);
            _life++;
            while (_inbox.Reader.TryRead(out _))
            {
            }
        }
    }

    internal void NoticeRestore()
    {
        lock (_lock)
        {
            if (_up)
                return;
            _up = true;
            _inbox.Writer.TryWrite(new LinkEvent.Up(this));
        }
    }
}
