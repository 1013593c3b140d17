using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>One life of a port, from its opening until it fails: feeds the machine and does what it wants done.</summary>
/// <param name="now">The machine's time.</param>
internal sealed class ModemSession(ILink link, Stream port, int baud, IModem machine, Func<TimeSpan> now, TimeProvider time)
{
    private const int ReadSize = 4_096;

    /// <summary>What a machine wants written while the port takes nothing.</summary>
    private const int MostUnsent = 64 * 1024;

    /// <summary>For one write, besides what the line needs for the bytes.</summary>
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(30);

    /// <summary>A machine that is due at once is asked at most this often.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly ModemOutputs _outputs = new();
    private readonly ArrayBufferWriter<byte> _unsent = new();

    // Bounded by the window: TrySend counts.
    private readonly ConcurrentQueue<OutgoingFrame> _frames = new();

    // Says only that there is something to look at.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task<int>? _reading;
    private Task? _writing;
    private Task? _waking;
    private int _outstanding;
    private volatile bool _ready;

    internal bool TrySend(OutgoingFrame frame)
    {
        if (!_ready) return false;
        if (Interlocked.Increment(ref _outstanding) > link.Description.Window)
        {
            Interlocked.Decrement(ref _outstanding);
            return false;
        }

        _frames.Enqueue(frame);
        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Runs it, and closes the port.</summary>
    /// <returns>Why it ended, with the remedy.</returns>
    internal async Task<string> CarryAsync(ChannelWriter<LinkEvent> events, Action<string> note, Action up, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var alarm = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var buffer = new byte[ReadSize];
        try
        {
            machine.Opened(now(), _outputs);
            while (true)
            {
                if (await SettleAsync(events, note, up, cancellationToken) is { } reason) return reason;
                if (_unsent.WrittenCount > MostUnsent) return NotTaken(_unsent.WrittenCount);
                await WaitAsync(buffer, alarm, stop.Token);
                cancellationToken.ThrowIfCancellationRequested();
                if (await TakeAsync(buffer) is { } gone) return gone;
            }
        }
        catch (IOException e)
        {
            return $"the port is gone ({e.Message.TrimEnd('.')}): plug the modem in again";
        }
        catch (TimeoutException)
        {
            return NotTaken(_unsent.WrittenCount);
        }
        finally
        {
            _ready = false;
            await stop.CancelAsync();
            await port.DisposeAsync();
            foreach (var task in (Task?[])[_reading, _writing, _waking])
                if (task is not null) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string NotTaken(int bytes) => $"the port does not take what is sent ({bytes} bytes wait): switch the modem off and on";

    /// <summary>Does what the machine wants done.</summary>
    /// <returns>Why the life must end; null when it goes on.</returns>
    private async Task<string?> SettleAsync(ChannelWriter<LinkEvent> events, Action<string> note, Action up, CancellationToken cancellationToken)
    {
        while (_outputs.TryTake(out var output))
        {
            switch (output)
            {
                case ModemOutput.Write write:
                    _unsent.Write(write.Bytes.Span);
                    break;
                case ModemOutput.Ready when !_ready:
                    // Before Up is read: whoever reads it may hand over a frame at once.
                    _ready = true;
                    up();
                    await events.WriteAsync(new LinkEvent.Up(link), cancellationToken);
                    break;
                case ModemOutput.Failed failed:
                    return failed.Reason;
                case ModemOutput.Heard heard:
                    await events.WriteAsync(new LinkEvent.Received(link, heard.Frame), cancellationToken);
                    break;
                case ModemOutput.Sent sent:
                    Interlocked.Decrement(ref _outstanding);
                    await events.WriteAsync(new LinkEvent.Sent(link, sent.Number), cancellationToken);
                    break;
                case ModemOutput.Noted noted:
                    note(noted.Text);
                    break;
            }
        }

        return null;
    }

    /// <summary>Until something was read or written, a frame was handed over, or the machine is due.</summary>
    private async Task WaitAsync(byte[] buffer, ITimer alarm, CancellationToken cancellationToken)
    {
        if (_writing is null && _unsent.WrittenCount > 0)
        {
            var bytes = _unsent.WrittenSpan.ToArray();
            _unsent.ResetWrittenCount();
            _writing = WriteAsync(bytes, cancellationToken);
        }

        _reading ??= port.ReadAsync(buffer, cancellationToken).AsTask();
        _waking ??= _wake.Reader.WaitToReadAsync(cancellationToken).AsTask();
        var due = machine.NextDue;
        var wait = due == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Clamp((due - now()).Ticks, LeastWait.Ticks, TimeSpan.TicksPerDay));
        alarm.Change(wait, Timeout.InfiniteTimeSpan);
        await (_writing is null ? Task.WhenAny(_reading, _waking) : Task.WhenAny(_reading, _waking, _writing));
    }

    /// <summary>Tells the machine what happened.</summary>
    private async Task<string?> TakeAsync(byte[] buffer)
    {
        if (_writing is { IsCompleted: true })
        {
            await _writing;
            _writing = null;
        }

        if (_reading is { IsCompleted: true })
        {
            var count = await _reading;
            _reading = null;
            if (count == 0) return "the port was closed at the other side: plug the modem in again, or start what is behind it";
            machine.Received(buffer.AsSpan(0, count), now(), _outputs);
        }

        if (_waking is { IsCompleted: true })
        {
            _waking = null;
            _wake.Reader.TryRead(out _);
        }

        while (_frames.TryDequeue(out var frame)) machine.Transmit(frame, now(), _outputs);
        if (machine.NextDue <= now()) machine.Tick(now(), _outputs);
        return null;
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(WriteLimit + TimeSpan.FromSeconds(bytes.Length * 10.0 / baud), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await port.WriteAsync(bytes, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }
}
