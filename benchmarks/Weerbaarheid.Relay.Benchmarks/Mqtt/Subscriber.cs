using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Takes and acknowledges what arrives, on a thread of its own, and counts each melding once.</summary>
internal sealed class Subscriber : IDisposable
{
    private readonly Wire _wire;
    private readonly Thread _thread;
    private readonly BitArray _seen = new(10_000_000);
    private readonly Lock _lock = new();
    private readonly byte[] _answers = new byte[1 << 16];
    private TaskCompletionSource? _awaited;
    private int _target;
    private int _count;
    private volatile bool _disposed;

    public Subscriber(int port, string name, string filter, bool clean = true)
    {
        _wire = new Wire(port, name, clean);
        _wire.Subscribe(filter);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Different meldingen that arrived.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Deliveries of what had arrived before.</summary>
    public int Repeats { get; private set; }

    /// <summary>Why it ended too soon; null while it runs.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Waits until so many different meldingen arrived.</summary>
    /// <exception cref="TimeoutException">Nothing arrived for a long time.</exception>
    public void Await(int count)
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) (_awaited, _target) = (awaited, count);
        if (Count >= count) return;
        for (var (before, since) = (Count, Stopwatch.GetTimestamp()); !awaited.Task.Wait(500); before = Count)
        {
            if (Count != before) since = Stopwatch.GetTimestamp();
            else if (Failure is not null || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"Of {count} meldingen {Count} arrived, and then none for 30 s. {Failure?.Message}");
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _wire.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _wire.Receive();
                Take();
            }
        }
        catch (Exception e)
        {
            // Closed by ourselves, or the broker went away: whoever waits is told.
            if (!_disposed) Failure = e;
        }
    }

    private void Take()
    {
        var bytes = 0;
        for (; bytes < _answers.Length - 4 && Packets.TryRead(_wire.Waiting, out var header, out var size); _wire.Take(size))
        {
            var packet = _wire.Waiting[..size];
            if ((packet[0] & 0xF0) != Packets.Publish) continue;
            var at = header + 2 + BinaryPrimitives.ReadUInt16BigEndian(packet[header..]);
            if ((packet[0] & 0x06) != 0)
            {
                Packets.WritePubAck(packet.Slice(at, 2), _answers.AsSpan(bytes));
                bytes += 4;
                at += 2;
            }

            Note(packet[at..]);
        }

        if (bytes > 0) _wire.Send(_answers.AsSpan(0, bytes));
    }

    private void Note(ReadOnlySpan<byte> payload)
    {
        if (!Meldingen.TryReadNumber(payload, out var number)) return;
        if (_seen[number])
        {
            Repeats++;
            return;
        }

        _seen[number] = true;
        Volatile.Write(ref _count, _count + 1);
        if (_count < Volatile.Read(ref _target)) return;
        lock (_lock) _awaited?.TrySetResult();
    }
}
