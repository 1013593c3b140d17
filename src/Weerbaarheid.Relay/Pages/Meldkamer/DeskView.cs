using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Hands out the desk's picture and makes it anew when the board has changed: once for all who look, however many there are. Safe to call from several threads.</summary>
internal sealed class DeskView(RelayNode node, ushort desk)
{
    private readonly Lock _gate = new();
    private DeskPicture? _picture;

    /// <summary>The picture of now.</summary>
    public DeskPicture Current()
    {
        lock (_gate)
        {
            MessageBoard board = node.Board;
            if (_picture is { } known && known.Board == board && known.Version == board.Version) return known;
            return _picture = DeskPicture.Of(board, desk);
        }
    }
}
