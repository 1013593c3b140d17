using System.Threading.Channels;
using MQTTnet;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Keeps up to <see cref="MqttSession.Window"/> publishes going on one connection, begun in the order in which they were handed over.</summary>
/// <param name="publish">Gives one frame to the broker and waits for its answer; a <see cref="TimeoutException"/> when none came in time.</param>
/// <param name="sent">Makes the event for a frame that the broker took.</param>
/// <param name="events">Where that goes.</param>
/// <param name="end">Ends the connection, with the reason. A frame that was not acknowledged is lost, and only Down tells the core so.</param>
internal sealed class MqttPump(
    Func<OutgoingFrame, Task<MqttClientPublishResult>> publish,
    Func<long, LinkEvent> sent,
    ChannelWriter<LinkEvent> events,
    Action<string> end)
{
    private readonly Channel<OutgoingFrame> _waiting = Channel.CreateBounded<OutgoingFrame>(MqttSession.Window);
    private int _handedOver;

    /// <returns>False when the window is full or the pump is closed.</returns>
    internal bool TrySend(OutgoingFrame frame)
    {
        if (Interlocked.Increment(ref _handedOver) <= MqttSession.Window && _waiting.Writer.TryWrite(frame))
            return true;
        Interlocked.Decrement(ref _handedOver);
        return false;
    }

    /// <summary>From now on nothing is taken.</summary>
    internal void Close() => _waiting.Writer.TryComplete();

    /// <summary>Runs until <paramref name="life"/> ends; after that no more events come.</summary>
    /// <param name="atOnce">The most publishes that the broker takes unacknowledged (MQTT 5 §3.2.2.3.3), 1 to the window.</param>
    /// <param name="life">The connection's.</param>
    internal async Task RunAsync(int atOnce, CancellationToken life)
    {
        using var slots = new SemaphoreSlim(atOnce);
        var running = new List<Task>(MqttSession.Window);
        try
        {
            await foreach (var frame in _waiting.Reader.ReadAllAsync(life))
            {
                await slots.WaitAsync(life);
                running.RemoveAll(task => task.IsCompleted);
                running.Add(SendAsync(frame, slots, life));
            }
        }
        catch (OperationCanceledException)
        {
            // What was waiting is lost with the connection.
        }

        await Task.WhenAll(running);
    }

    private async Task SendAsync(OutgoingFrame frame, SemaphoreSlim slots, CancellationToken life)
    {
        try
        {
            var result = await publish(frame);
            if (!result.IsSuccess)
            {
                end($"the broker refuses a frame: {result.ReasonCode} {result.ReasonString}".TrimEnd());
                return;
            }

            slots.Release();
            // Before the event: whoever reads it may hand over the next at once.
            Interlocked.Decrement(ref _handedOver);
            await events.WriteAsync(sent(frame.Number), life);
        }
        catch (TimeoutException)
        {
            end("a frame was not acknowledged in time");
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            end(MqttFailure.Of(e, null, null).Reason);
        }
    }
}
