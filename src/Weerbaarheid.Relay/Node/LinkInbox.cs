using System.Threading.Channels;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>Lets links report straight into the node's one queue, in the core's terms.</summary>
internal sealed class LinkInbox(ChannelWriter<RelayEvent> inbox, IReadOnlyList<ILink> links) : ChannelWriter<LinkEvent>
{
    private readonly Dictionary<ILink, int> _places = links.Select((link, place) => (link, place)).ToDictionary(pair => pair.link, pair => pair.place);

    public override bool TryWrite(LinkEvent item) => inbox.TryWrite(Translate(item));

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => inbox.WaitToWriteAsync(cancellationToken);

    private RelayEvent Translate(LinkEvent happened)
    {
        var place = _places[happened.Link];
        return happened switch
        {
            LinkEvent.Up => new RelayEvent.LinkUp(place),
            LinkEvent.Down down => new RelayEvent.LinkDown(place, down.Reason),
            LinkEvent.Received received => new RelayEvent.FrameReceived(place, received.Bytes),
            LinkEvent.Sent sent => new RelayEvent.FrameSent(place, sent.Number),
            _ => throw new InvalidOperationException($"A link reported {happened.GetType().Name}, which does not exist."),
        };
    }
}
