using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What the operator at the meldkamer orders about keys.</content>
internal sealed partial class RelayCore
{
    /// <summary>Sites that a sentence names before it only counts.</summary>
    private const int SitesNamed = 12;

    private bool MayIssue => IsMeldkamer && _keys.MayIssueBulletins && _keys.HoldsRegion;

    private SubmitOutcome Order(KeyOrder order, Instant at, Effects effects)
    {
        if (!MayIssue) return SubmitOutcome.Refused(Refusal.NotAllowed, "Only the meldkamer orders this, with the authority's private key in its key file.");
        // A key file of a later epoch may have been put in place by hand.
        var last = (_trust.Current ?? new Revocation { OldestEpoch = _keys.OldestEpoch }) with { Epoch = _keys.Epoch };
        return order.Kind switch
        {
            KeyOrderKind.Revoke => Revoke(order, last, at, effects),
            KeyOrderKind.Rotate => Rotate(order, last, at, effects),
            _ => CloseEpoch(order, last, at, effects),
        };
    }

    private SubmitOutcome Revoke(KeyOrder order, Revocation last, Instant at, Effects effects)
    {
        if (order.Sites.Count == 0) return SubmitOutcome.Refused(Refusal.Invalid, "No site is named; write --site 12.");
        if (order.Sites.Contains(_self.Id)) return SubmitOutcome.Refused(Refusal.Invalid, $"Site {_self.Id} is this meldkamer itself; order it at another one.");
        ushort[] revoked = [.. last.Revoked.Union(order.Sites).Order()];
        if (revoked.Length > MessageLimits.Revoked)
            return SubmitOutcome.Refused(Refusal.Invalid, $"That would shut out {revoked.Length} sites, and a revocation names {MessageLimits.Revoked}; make a new region key with: weerbaarheid-relay keys new-region.");
        // The list shuts them out at once. A new epoch leaves behind who has not come along with the last one, so it waits for them.
        var advances = order.AtOnce || Behind(revoked).Count == 0;
        return Issue(advances ? Advanced(last) with { Revoked = revoked } : last with { Revoked = revoked }, at, effects);
    }

    private SubmitOutcome Rotate(KeyOrder order, Revocation last, Instant at, Effects effects)
    {
        if (_keys.Epoch >= KeyRing.MaxEpoch)
            return SubmitOutcome.Refused(Refusal.Invalid, $"Epoch {KeyRing.MaxEpoch} is the last one of a region key; make a new one with: weerbaarheid-relay keys new-region.");
        if (!order.AtOnce && Behind(last.Revoked) is { Count: > 0 } behind)
            return SubmitOutcome.Refused(Refusal.Invalid, $"Site {Named(behind)} has not come along to epoch {_keys.Epoch}, and a new one would leave it behind; wait for it, or add --at-once and bring it a new key file.");
        return Issue(Advanced(last), at, effects);
    }

    private SubmitOutcome CloseEpoch(KeyOrder order, Revocation last, Instant at, Effects effects)
    {
        if (order.Epoch >= _keys.Epoch) return SubmitOutcome.Refused(Refusal.Invalid, $"Epoch {order.Epoch} is not over: the region is in epoch {_keys.Epoch}. Begin a new one first with: weerbaarheid-relay keys rotate-now.");
        if (order.Epoch < last.OldestEpoch) return SubmitOutcome.Refused(Refusal.Invalid, $"Epoch {order.Epoch} is closed already.");
        var behind = Behind(last.Revoked).Where(site => EpochOf(site) <= order.Epoch).ToList();
        if (!order.AtOnce && behind.Count > 0)
            return SubmitOutcome.Refused(Refusal.Invalid, $"Site {Named(behind)} was last heard under epoch {order.Epoch} or older and would be cut off; wait for it, or add --at-once and bring it a new key file.");
        return Issue(last with { OldestEpoch = order.Epoch + 1 }, at, effects);
    }

    /// <summary>The next epoch, if there is one: frames are taken of it and of the one before.</summary>
    private Revocation Advanced(Revocation last)
    {
        var epoch = Math.Min(_keys.Epoch + 1, KeyRing.MaxEpoch);
        return last with { Epoch = epoch, OldestEpoch = Math.Max(last.OldestEpoch, epoch - 1) };
    }

    /// <summary>One that says all that either of two says, when neither does.</summary>
    private void IssueUnion(Revocation mine, Revocation other, Instant at, Effects effects)
    {
        ushort[] revoked = [.. mine.Revoked.Union(other.Revoked).Order().Take(MessageLimits.Revoked)];
        var (epoch, oldest) = (Math.Max(mine.Epoch, other.Epoch), Math.Max(mine.OldestEpoch, other.OldestEpoch));
        if (_trust.Current is { } now && now.Epoch == epoch && now.OldestEpoch == oldest && revoked.All(_trust.IsRevoked)) return;
        Issue(_trust.Current! with { Epoch = epoch, OldestEpoch = oldest, Revoked = revoked }, at, effects);
    }

    private SubmitOutcome Issue(Revocation content, Instant at, Effects effects)
    {
        var revocation = content with { Priority = 1, Exercise = Exercise.Actueel, Serial = _trust.Serial + 1 };
        var length = MessageCodec.Encode(revocation, _body);
        if (length == 0) throw new InvalidOperationException("This node made a revocation that breaks its own rules.");
        var (key, header, bytes) = SealOwn(revocation, length, at.Now, effects);
        Adopt(revocation, key, header, bytes, at.Now, 0, at, effects);
        return SubmitOutcome.Accepted(key);
    }

    private static string Named(List<ushort> sites) =>
        sites.Count <= SitesNamed ? string.Join(", ", sites) : $"{string.Join(", ", sites.Take(SitesNamed))} and {sites.Count - SitesNamed} others";
}
