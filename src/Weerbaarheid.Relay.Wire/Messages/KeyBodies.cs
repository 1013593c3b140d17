namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Bodies of the messages about keys; see <see cref="StateBodies"/>.</summary>
internal static class KeyBodies
{
    /// <summary>Layout: [serial, epoch, oldestEpoch, revoked]; revoked = [site, ...].</summary>
    public static int Write(ref byte at, Revocation revocation)
    {
        var body = new BodyWriter(ref at);
        body.Number(revocation.Serial, 1, int.MaxValue);
        body.Number(revocation.Epoch, 0, MessageLimits.Epoch);
        body.NumberUnlessZero(revocation.OldestEpoch, Math.Clamp(revocation.Epoch, 0, MessageLimits.Epoch));
        if (revocation.Revoked.Count == 0) body.Nil();
        else if (body.List(revocation.Revoked.Count, MessageLimits.Revoked))
            for (var i = 0; i < revocation.Revoked.Count; i++) body.Number(revocation.Revoked[i]);
        return body.Finish(4);
    }

    /// <summary>Layout: [epoch, siteKey, networkKey]. The site stands in the header.</summary>
    public static int Write(ref byte at, Rekey rekey)
    {
        if (rekey.SiteKey.Length != MessageLimits.Key || rekey.NetworkKey.Length != MessageLimits.Key) return 0;
        var body = new BodyWriter(ref at);
        body.Number(rekey.Epoch, 0, MessageLimits.Epoch);
        body.Binary(rekey.SiteKey.Span, MessageLimits.Key);
        body.Binary(rekey.NetworkKey.Span, MessageLimits.Key);
        return body.Finish(3);
    }
}
