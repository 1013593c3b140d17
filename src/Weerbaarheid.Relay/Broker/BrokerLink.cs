using System.Threading.Channels;
using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// The node's own broker seen as a link: neighbours are clients that publish frames on
/// <c>weerbaarheid/v1/wire/to/{site}</c> or <c>wire/all</c> and subscribe to their own.
/// </summary>
internal sealed class BrokerLink : ILink
{
    /// <summary>Most bytes of a frame over this link.</summary>
    public const int MaxFrame = 16384;

    private const int Window = 16;

    private readonly Func<OutgoingFrame, ValueTask> _publish;
    private readonly Channel<OutgoingFrame> _outgoing = Channel.CreateBounded<OutgoingFrame>(
        new BoundedChannelOptions(Window) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private volatile ChannelWriter<LinkEvent>? _events;

    /// <param name="publish">Publishes a frame to whoever subscribed to it.</param>
    public BrokerLink(Func<OutgoingFrame, ValueTask> publish) => _publish = publish;

    public LinkDescription Description { get; } = new("broker", "broker", MaxFrame, BitRate: 100_000_000, Window, Peers: []);

    /// <summary>Reports bytes from a neighbour; waits while the node is busy. Nobody listens before the link runs, and then they are lost.</summary>
    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var events = _events;
        if (events is null) return;
        try
        {
            await events.WriteAsync(new LinkEvent.Received(this, bytes), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            _events = null;
        }
    }

    public bool TrySend(OutgoingFrame frame) => _events is not null && frame.Bytes.Length <= MaxFrame && _outgoing.Writer.TryWrite(frame);

    public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        _events = events;
        try
        {
            await events.WriteAsync(new LinkEvent.Up(this), cancellationToken).ConfigureAwait(false);
            await foreach (var frame in _outgoing.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await _publish(frame).ConfigureAwait(false);
                await events.WriteAsync(new LinkEvent.Sent(this, frame.Number), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops; nobody wants to hear about it.
        }
        finally
        {
            _events = null;
        }
    }
}
