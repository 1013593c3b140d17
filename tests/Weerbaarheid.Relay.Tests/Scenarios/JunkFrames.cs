using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weerbaarheid.Relay.Tests.Broker;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>
/// Frames of a stranger on a wire topic, thousands a second: noise, and authentic ones cut short, changed or played again. All of it is made
/// beforehand, many frames to a write: on two cores the sender must cost next to nothing, or it slows itself down and not the node.
/// </summary>
internal sealed class JunkFrames : IAsyncDisposable
{
    private const int FramesInAWrite = 200;

    /// <summary>Writes that are made beforehand, and sent again and again.</summary>
    private const int Writes = 50;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private long _sent;
    private long _heldUp;
    private long _waitingSince;

    /// <param name="port">Of the broker.</param>
    /// <param name="topics">Where, in turn.</param>
    /// <param name="perSecond">Frames a second, as far as the broker takes them.</param>
    /// <param name="authentic">Frames that were overheard.</param>
    internal JunkFrames(int port, IReadOnlyList<string> topics, int perSecond, IReadOnlyList<byte[]> authentic)
    {
        var random = new Random(72);
        var writes = Enumerable.Range(0, Writes)
            .Select(_ => Enumerable.Range(0, FramesInAWrite).SelectMany(i => Raw.Publish(topics[i % topics.Count], Make(random, authentic))).ToArray()).ToList();
        _sending = Task.Run(() => SendAsync(port, writes, perSecond));
    }

    /// <summary>Frames that were written, all of them, so far; what a full socket did not take is not among them.</summary>
    internal long Sent => Interlocked.Read(ref _sent);

    /// <summary>How long the sender waited because the broker did not read.</summary>
    internal TimeSpan HeldUp
    {
        get
        {
            var since = Interlocked.Read(ref _waitingSince);
            return Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _heldUp)) + (since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>One frame that must mean nothing.</summary>
    internal static byte[] Make(Random random, IReadOnlyList<byte[]> authentic)
    {
        var real = authentic.Count == 0 ? [] : authentic[random.Next(authentic.Count)].ToArray();
        switch (real.Length < 2 ? 0 : random.Next(4))
        {
            case 1: return real[..random.Next(1, real.Length)];
            case 2:
                real[random.Next(real.Length)] ^= (byte)(1 << random.Next(8));
                return real;
            case 3: return real;
            default:
                var noise = new byte[random.Next(1, 200)];
                random.NextBytes(noise);
                return noise;
        }
    }

    private async Task SendAsync(int port, List<byte[]> writes, int perSecond)
    {
        // A large buffer of the system's would look like a broker that takes what it has not read.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 65_536 };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _stop.Token);
        await socket.SendAsync(Raw.Connect($"ruis{port}"), _stop.Token);
        var begun = Stopwatch.GetTimestamp();
        for (var turn = 0; ; turn++)
        {
            while (Sent >= Stopwatch.GetElapsedTime(begun).TotalSeconds * perSecond) await Task.Delay(Step, _stop.Token);
            await WriteAsync(socket, writes[turn % writes.Count]);
            Interlocked.Add(ref _sent, FramesInAWrite);
        }
    }

    private async Task WriteAsync(Socket socket, byte[] bytes)
    {
        var since = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _waitingSince, since);
        for (var written = 0; written < bytes.Length;) written += await socket.SendAsync(bytes.AsMemory(written), _stop.Token);
        Interlocked.Exchange(ref _waitingSince, 0);
        Interlocked.Add(ref _heldUp, Stopwatch.GetTimestamp() - since);
    }
}
