using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// Links over which nothing encrypted may go. Records wait for another link; states, which hold no personal data, are made in clear
/// when that is their way.
/// </content>
internal sealed partial class RelayCore
{
    private bool UpIsOnlyClear => _around.Up is { } up && _around.Links[up.Link].Description.OnlyClear;

    private static bool MayGoOver(LinkState link, Held held) => !link.Description.OnlyClear || held.Header.Mode != SealMode.Sealed;

    /// <summary>
    /// Whether what is made now must be in clear to get away. A state that comes before its way was found goes by the links that are
    /// up: in clear it can go over all of them.
    /// </summary>
    private bool GoesInClear(Message message, TimeSpan now)
    {
        if (!EnvelopeHeader.MayBeClear(message.Type)) return false;
        if (message is Receipt receipt) return _around.WayDown(receipt.ForSite, now) is { } down && _around.Links[down.Link].Description.OnlyClear;
        return _around.Up is null ? _around.Links.Any(link => link.IsUp && link.Description.OnlyClear) : UpIsOnlyClear;
    }

    /// <summary>The desk's references are free text and stay behind; a later receipt over another link tells them.</summary>
    private Receipt ForItsWay(Receipt receipt, TimeSpan now) =>
        GoesInClear(receipt, now) ? receipt with { TakenUp = [.. receipt.TakenUp.Select(one => one with { Reference = null })] } : receipt;
}
