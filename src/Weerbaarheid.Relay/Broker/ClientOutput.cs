using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What became of a packet for a client.</summary>
internal enum Written
{
    /// <summary>It is on its way.</summary>
    Sent,

    /// <summary>The client takes no packet of this size, so it was not sent.</summary>
    TooLarge,

    /// <summary>The connection is at its end.</summary>
    Ended,
}

/// <summary>The way back to one client. Two write to it: the server (deliveries, pings) and the acknowledgements.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing; disposing it would break a write that is still waiting.")]
internal sealed class ClientOutput(PipeWriter pipe, MqttPacketFormatterAdapter formatter, Deadlines deadlines)
{
    /// <summary>Unflushed bytes at which they are flushed whatever follows.</summary>
    private const int FlushAt = 8192;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _ended;

    /// <summary>Most bytes that the client takes in one packet; a larger one is not sent (MQTT 5 §3.1.2.11.4).</summary>
    public long MaxPacket { get; set; } = long.MaxValue;

    /// <summary>Writes a packet.</summary>
    /// <param name="packet">What to send.</param>
    /// <param name="more">More follows at once, so that sending may wait for it.</param>
    /// <param name="cancellationToken">Gives up waiting for a slow client.</param>
    public async ValueTask<Written> WriteAsync(MqttPacket packet, bool more, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_ended) return Written.Ended;
            if (!Encode(packet)) return Written.TooLarge;
            if (!more || pipe.UnflushedBytes >= FlushAt) await SendAsync(cancellationToken).ConfigureAwait(false);
            return Written.Sent;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends what was written so far.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_ended && pipe.UnflushedBytes > 0) await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says goodbye if that can be done without waiting for the client, which may not be listening.</summary>
    public void TryWriteLast(MqttPacket packet)
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_ended || !Encode(packet)) return;
            // Not awaited: the transport sends it while the connection closes, and the sweep ends a close that hangs.
            _ = pipe.FlushAsync(CancellationToken.None).AsTask().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says a last word in the form of a version that the formatter does not know.</summary>
    public void TryWriteLast(ReadOnlySpan<byte> packet)
    {
        if (!_turn.Wait(0)) return;
        try
        {
            packet.CopyTo(pipe.GetSpan(packet.Length));
            pipe.Advance(packet.Length);
            _ = pipe.FlushAsync(CancellationToken.None).AsTask().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>No more is written. A write that waits for the client ends through the transport's own end.</summary>
    public void End() => Volatile.Write(ref _ended, true);

    private bool Encode(MqttPacket packet)
    {
        try
        {
            var encoded = formatter.Encode(packet);
            if (encoded.Length > MaxPacket) return false;
            var span = pipe.GetSpan(encoded.Length);
            encoded.Packet.AsSpan().CopyTo(span);
            var at = encoded.Packet.Count;
            foreach (var part in encoded.Payload)
            {
                part.Span.CopyTo(span[at..]);
                at += part.Length;
            }

            pipe.Advance(at);
            return true;
        }
        finally
        {
            formatter.Cleanup();
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        var flush = pipe.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            if (flush.Result.IsCompleted) End();
            return;
        }

        deadlines.Sending();
        try
        {
            if ((await flush.ConfigureAwait(false)).IsCompleted) End();
        }
        finally
        {
            deadlines.Sent();
        }
    }
}
