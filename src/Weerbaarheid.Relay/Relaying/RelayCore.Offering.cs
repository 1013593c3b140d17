using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What goes more ways than one: bulletins and revocations to everybody, and priority 1 over a second link.</content>
internal sealed partial class RelayCore
{
    private bool WantsAny(MessageType type, Neighbour neighbour, TimeSpan now)
    {
        foreach (var held in _custody.Everywhere)
            if (IsOffered(type, held, neighbour, now)) return true;
        return false;
    }

    /// <summary>A revocation goes round again in time, also to its maker: whoever has a new disk must not be left without.</summary>
    private static bool IsOffered(MessageType type, Held held, Neighbour neighbour, TimeSpan now) =>
        held.Header.Type == type
        && (type != MessageType.Bulletin || (held.CameFrom != neighbour.Site && held.Key.Origin != neighbour.Site && !held.HasIt!.Contains(neighbour.Site)))
        && !(held.OfferAt!.TryGetValue(neighbour.Site, out var offer) && offer > now);

    private void AddEverywhere(MessageType type, double reserve, LinkState link, Neighbour neighbour, TimeSpan now)
    {
        if (!WantsAny(type, neighbour, now) || !_around.IsCheapest(neighbour, now)) return;
        Open(link, neighbour, reserve, now);
        foreach (var held in _custody.Everywhere)
        {
            if (!IsOffered(type, held, neighbour, now)) continue;
            if (PlanOf(held, neighbour) is { HasNext: false } plan) plan.Probe();
            if (!CanCarry(link, neighbour, held) || !TryAddOrPiece(link, neighbour, held, now)) continue;
            if (PlanOf(held, neighbour) is not { HasNext: true }) held.OfferAt![neighbour.Site] = now + OfferPause(link, held);
        }
    }

    private static TimeSpan OfferPause(LinkState link, Held held) => held.Header.Type == MessageType.Revocation && held.Offers >= ManyOffers
        ? TimeSpan.FromHours(1) : LinkPace.Patience(link.Description, held.Offers++ / 4);

    /// <summary>Priority 1 that is not acknowledged in two seconds goes over a second link as well; whichever arrives first counts.</summary>
    private void CopyUrgent(TimeSpan now, Effects effects)
    {
        while (_urgent.TryPeek(out var next, out var due) && due <= now)
        {
            _urgent.Dequeue();
            var (held, sent) = next;
            if (held is not { Stage: Stage.InFlight, Hop: { } hop } || held.SentNumber != sent || _around.OtherWayUp(hop.Link, now) is not { } other) continue;
            if (held.CameFrom != other.Site && CanCarry(_around.Links[other.Link], other, held) && !other.Copies.Contains(held)) other.Copies.Add(held);
        }

        foreach (var neighbour in _around.InOrder)
            if (neighbour.Copies.Count > 0) SendCopies(neighbour, now, effects);
    }

    private void SendCopies(Neighbour neighbour, TimeSpan now, Effects effects)
    {
        var link = _around.Links[neighbour.Link];
        while (neighbour.Copies.Count > 0)
        {
            var held = neighbour.Copies[0];
            var isOver = held.Stage == Stage.Passed || !ReferenceEquals(_custody.Find(held.Key), held) || ReferenceEquals(_around.Up, neighbour) || !_around.CanReach(neighbour, now);
            if (!isOver)
            {
                if (!link.HasRoom || !HasAir(link, Math.Min(held.Bytes.Length + LargestOverhead(link), neighbour.FrameLimit), 0, now)) return;
                Open(link, neighbour, 0, now);
                if (TryAddOrPiece(link, neighbour, held, now)) Send(link, neighbour, now, effects);
                else isOver = true;
            }

            if (isOver || PlanOf(held, neighbour) is not { HasNext: true }) neighbour.Copies.RemoveAt(0);
        }
    }
}
