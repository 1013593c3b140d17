using System.Diagnostics;
using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>What went through a <see cref="NullModem"/> in one direction, in bytes; grows only.</summary>
internal sealed class NullModemCount
{
    private long _taken;
    private long _given;
    private long _lost;
    private long _flipped;

    /// <summary>Taken from the sender.</summary>
    internal long Taken => Interlocked.Read(ref _taken);

    /// <summary>Given to the receiver.</summary>
    internal long Given => Interlocked.Read(ref _given);

    /// <summary>Lost because the line was cut, or the receiver did not read.</summary>
    internal long Lost => Interlocked.Read(ref _lost);

    /// <summary>Bits, not bytes, that came out other than they went in.</summary>
    internal long Flipped => Interlocked.Read(ref _flipped);

    /// <summary>Sees what is taken from the sender, when it is taken.</summary>
    internal Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Add(ref _taken, bytes.Length);
        Tap?.Invoke(bytes.ToArray());
    }

    internal void Give(long bytes) => Interlocked.Add(ref _given, bytes);

    internal void Lose(long bytes) => Interlocked.Add(ref _lost, bytes);

    internal void Flip() => Interlocked.Increment(ref _flipped);
}

/// <summary>One end: a serial port that can be unplugged.</summary>
/// <param name="path">Where programs find it; the same for as long as the null modem lives.</param>
internal sealed class NullModemEnd(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private Pty? _pty;

    internal string Path => path;

    /// <summary>(Re)appears, as a new device.</summary>
    internal void Plug()
    {
        lock (_lock)
        {
            _pty ??= new Pty();
            File.Delete(path);
            File.CreateSymbolicLink(path, _pty.Path);
        }
    }

    /// <summary>Disappears: an open port hangs up, and there is none to open.</summary>
    internal void Unplug()
    {
        lock (_lock)
        {
            File.Delete(path);
            _pty?.Dispose();
            _pty = null;
        }
    }

    /// <summary>Takes what the program at this end has written, as far as it is there.</summary>
    internal int Take(Span<byte> buffer)
    {
        lock (_lock)
            return _pty is null ? 0 : (int)Math.Max(0, Libc.Read(_pty.Master, ref MemoryMarshal.GetReference(buffer), buffer.Length));
    }

    /// <summary>Lets the program at this end read these bytes.</summary>
    /// <returns>How many found room; as on a real line the rest is lost.</returns>
    internal int Give(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
            return _pty is null || bytes.Length == 0 ? 0 : (int)Math.Max(0, Libc.Write(_pty.Master, in MemoryMarshal.GetReference(bytes), bytes.Length));
    }

    public void Dispose() => Unplug();
}

/// <summary>
/// Two serial ports joined by a line with a speed, bit errors and a pair of pliers. A writer feels the speed: only what the line can
/// carry is taken from it, and the rest waits in the terminal (4 KiB) as it would in a driver.
/// </summary>
internal sealed class NullModem : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nullmodem-");
    private readonly CancellationTokenSource _stop = new();
    private readonly double _bytesPerSecond;
    private readonly double _bitErrorRate;
    private readonly Random _random;
    private readonly Task _pumping;

    /// <param name="baud">10 bits for a byte; 0 for as fast as it goes.</param>
    /// <param name="bitErrorRate">Share of the bits that come out other than they went in.</param>
    internal NullModem(int baud = 0, double bitErrorRate = 0, int seed = 1)
    {
        (_bytesPerSecond, _bitErrorRate, _random) = (baud / 10.0, bitErrorRate, new Random(seed));
        A = new NullModemEnd(Path.Combine(_folder.FullName, "a"));
        B = new NullModemEnd(Path.Combine(_folder.FullName, "b"));
        A.Plug();
        B.Plug();
        _pumping = Task.Run(PumpAsync);
    }

    internal NullModemEnd A { get; }

    internal NullModemEnd B { get; }

    internal NullModemCount FromA { get; } = new();

    internal NullModemCount FromB { get; } = new();

    /// <summary>While true everything sent is lost, and nobody notices: the radio is dead, its port is not.</summary>
    internal bool IsCut { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        A.Dispose();
        B.Dispose();
        _folder.Delete(recursive: true);
        if (_pumping.IsFaulted) await _pumping;
    }

    private async Task PumpAsync()
    {
        var buffer = new byte[4_096];
        var (fromA, fromB) = (0.0, 0.0);
        var last = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Step, _stop.Token);
            var now = Stopwatch.GetTimestamp();
            var passed = Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            last = now;
            fromA = Carry(A, B, FromA, fromA, passed, buffer);
            fromB = Carry(B, A, FromB, fromB, passed, buffer);
        }
    }

    /// <param name="budget">Bytes that the line could have carried and did not.</param>
    /// <returns>The budget that is left.</returns>
    private double Carry(NullModemEnd from, NullModemEnd to, NullModemCount count, double budget, double passed, byte[] buffer)
    {
        // What an idle line did not carry is not made up for later: a twentieth of a second of it at most, and one pass of this loop.
        var most = _bytesPerSecond == 0 ? buffer.Length : Math.Max(4, _bytesPerSecond * Math.Max(0.05, passed));
        budget = _bytesPerSecond == 0 ? most : Math.Min(most, budget + (passed * _bytesPerSecond));
        var taken = from.Take(buffer.AsSpan(0, Math.Min((int)budget, buffer.Length)));
        if (taken == 0) return Math.Min(budget, 1);
        count.Take(buffer.AsSpan(0, taken));
        var given = IsCut ? 0 : to.Give(Disturb(buffer.AsSpan(0, taken), count));
        count.Give(given);
        count.Lose(taken - given);
        return budget - taken;
    }

    private Span<byte> Disturb(Span<byte> bytes, NullModemCount count)
    {
        for (var bit = 0; _bitErrorRate > 0 && bit < bytes.Length * 8; bit++)
        {
            if (_random.NextDouble() >= _bitErrorRate) continue;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            count.Flip();
        }

        return bytes;
    }
}
