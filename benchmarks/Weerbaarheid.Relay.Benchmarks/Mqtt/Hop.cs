using System.Diagnostics;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Two brokers of which the first passes on to the second, a client that publishes at the one and a subscriber at the other.</summary>
internal sealed class Hop : IDisposable
{
    private readonly string _filter;
    private readonly bool _clean;
    private readonly Publisher _publisher;
    private readonly Meldingen _meldingen = new(priority: 3);
    private Subscriber _subscriber;
    private int _missedBefore;

    private Hop(Server first, Server second, string filter, bool clean)
    {
        (First, Second, _filter, _clean) = (first, second, filter, clean);
        second.Start();
        first.Start();
        _subscriber = new Subscriber(second.Port, "listener", filter, clean);
        _publisher = new Publisher(first.Port, "bench");
        // Until the two found each other nothing arrives; what a bridge that keeps nothing lost meanwhile is not waited for.
        for (var sent = 0; _subscriber.Count == 0; sent++)
        {
            _publisher.Publish(_meldingen, 1, 1);
            Thread.Sleep(100);
            if (sent > 300) throw new InvalidOperationException($"Nothing came from {first.Name} to {second.Name}.");
        }

        Thread.Sleep(500);
        _missedBefore = _meldingen.Count - _subscriber.Count;
    }

    public Server First { get; }

    public Server Second { get; }

    /// <summary>Deliveries of what had arrived before.</summary>
    public int Repeats => _subscriber.Repeats;

    /// <summary>A noodsteunpunt and its meldkamer.</summary>
    public static Hop OfNodes(int queue)
    {
        var second = new RelayNodeProcess(1, "meldkamer", queue);
        return new Hop(new RelayNodeProcess(11, "noodsteunpunt", queue, second.Port), second, "weerbaarheid/v1/out/#", clean: true);
    }

    /// <summary>Mosquitto with a bridge to another.</summary>
    public static Hop OfMosquittos(Keeping keeping)
    {
        var second = new Mosquitto("bridge-b", keeping);
        return new Hop(new Mosquitto("bridge-a", keeping, second.Port), second, "weerbaarheid/v1/in/#", keeping == Keeping.Nothing);
    }

    /// <summary>Publishes so many and waits until all of them arrived.</summary>
    /// <returns>From the first publish to the last arrival.</returns>
    public TimeSpan Carry(int count, int window)
    {
        var began = Stopwatch.GetTimestamp();
        _publisher.Publish(_meldingen, count, window);
        _subscriber.Await(_meldingen.Count - _missedBefore);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Publishes while the second is down.</summary>
    public TimeSpan Fill(int count, int window) => _publisher.Publish(_meldingen, count, window);

    public void CutWay()
    {
        _subscriber.Dispose();
        Second.Stop();
    }

    /// <summary>Starts the second again and waits until it all arrived.</summary>
    /// <param name="warmUp">Arrivals before the clock starts: connecting again and warming up belong to no throughput.</param>
    /// <returns>How many arrived after that, and in what time.</returns>
    public (int Arrived, TimeSpan Took) Drain(int warmUp)
    {
        Second.Start();
        _missedBefore += _subscriber.Count;
        _subscriber = new Subscriber(Second.Port, "listener", _filter, _clean);
        var all = _meldingen.Count - _missedBefore;
        _subscriber.Await(warmUp);
        var (began, before) = (Stopwatch.GetTimestamp(), _subscriber.Count);
        _subscriber.Await(all);
        return (all - before, Stopwatch.GetElapsedTime(began));
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _subscriber.Dispose();
        First.Dispose();
        Second.Dispose();
    }
}
