using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// A new epoch: whoever holds the region's key makes the keys itself; a noodsteunpunt gets its own from the meldkamer, sealed under
/// the key that it has. Until everybody moved, frames go out under the epoch that their reader has.
/// </content>
internal sealed partial class RelayCore
{
    /// <summary>Origins that speak for the authority: meldkamers, which take up a new epoch by its revocation and send nothing up that would tell.</summary>
    private readonly HashSet<ushort> _issuers = [];

    private readonly Dictionary<ushort, TimeSpan> _rekeyDue = [];
    private TimeSpan _nextRekey = TimeSpan.MaxValue;

    /// <summary>The epoch that a site seals under, as far as is known: the present one, unless it was last heard under another.</summary>
    private byte EpochOf(ushort origin) => _windows.EpochOf(origin) ?? _keys.Epoch;

    /// <summary>The epoch for what is sealed here: for a site, one that it has.</summary>
    private byte EpochToSeal(Message message) => message switch
    {
        Receipt receipt => Math.Min(EpochOf(receipt.ForSite), _keys.Epoch),
        Rekey rekey => Math.Min(EpochOf(rekey.ForSite), _keys.Epoch),
        _ => _keys.Epoch,
    };

    /// <summary>Sites, not counting revoked ones, that have not come along to the present epoch.</summary>
    private List<ushort> Behind(IReadOnlyList<ushort> revoked) =>
        [.. _windows.WithEpoch.Where(site => EpochOf(site) < _keys.Epoch && !revoked.Contains(site) && !_issuers.Contains(site)).Order()];

    /// <summary>Sealed under the epoch before, this one or the next: others are over, or not there yet. A node on its way may be one off.</summary>
    private bool IsOfThisTime(byte epoch) => epoch + 1 >= _keys.Epoch && epoch <= _keys.Epoch + 1;

    /// <summary>A new epoch began here: every site that is known is still in the one before.</summary>
    private void NoteBehind(byte before, TimeSpan now)
    {
        foreach (var site in _windows.Origins.Except(_windows.WithEpoch).Where(site => site != _self.Id && !_issuers.Contains(site)).ToList()) SetEpoch(site, before);
        if (IsMeldkamer) OweRekeys(now);
    }

    private void OweRekeys(TimeSpan now)
    {
        foreach (var site in Behind(_trust.Current?.Revoked ?? [])) OweRekey(site, now);
    }

    private void OweRekey(ushort site, TimeSpan at)
    {
        _rekeyDue[site] = at;
        if (at < _nextRekey) _nextRekey = at;
    }

    /// <summary>
    /// Something of a site was opened. Of states only newer ones are, so they tell where it is now, also when it lost its disk and is
    /// back in the epoch of its key file; a record may have been on its way for days.
    /// </summary>
    private void NoteEpoch(ushort origin, byte epoch, bool isState, TimeSpan now)
    {
        if (!_keys.HoldsRegion) return;
        var known = EpochOf(origin);
        if (epoch > known || (isState && epoch < known)) SetEpoch(origin, epoch);
        if (IsMeldkamer && epoch < _keys.Epoch && !_rekeyDue.ContainsKey(origin)) OweRekey(origin, now);
    }

    private void SetEpoch(ushort origin, byte epoch)
    {
        _windows.SetEpoch(origin, epoch);
    }

    private void WriteRekeys(Instant at, Effects effects)
    {
        if (at.Now < _nextRekey) return;
        foreach (var site in _rekeyDue.Where(pair => pair.Value <= at.Now).Select(pair => pair.Key).Order().ToList())
        {
            if (_trust.IsRevoked(site) || EpochOf(site) >= _keys.Epoch)
            {
                _rekeyDue.Remove(site);
                continue;
            }

            var hasWay = _around.WayDown(site, at.Now) is not null;
            if (hasWay) SendRekey(site, at.Now, effects);
            _rekeyDue[site] = at.Now + (hasWay ? _rules.ReceiptPatience : UntoldPause);
        }

        _nextRekey = _rekeyDue.Count == 0 ? TimeSpan.MaxValue : _rekeyDue.Values.Min();
    }

    private void SendRekey(ushort site, TimeSpan now, Effects effects)
    {
        var (siteKey, networkKey) = _keys.KeysFor(site, _keys.Epoch);
        HoldOwnState(new Rekey { Priority = 2, ForSite = site, Epoch = _keys.Epoch, SiteKey = siteKey, NetworkKey = networkKey }, now, effects);
    }

    /// <summary>This site gets its keys of a later epoch. They are on disk before that is acknowledged.</summary>
    private void ApplyRekey(Rekey rekey, TimeSpan now, Effects effects)
    {
        // What passes by on its way to another is opened only where the region's key is, and there it is no news.
        if (_keys.HoldsRegion || rekey.ForSite != _self.Id || rekey.Epoch <= _keys.Epoch) return;
        effects.Store(new StoreChange.PutKeys((byte)rekey.Epoch, rekey.SiteKey, rekey.NetworkKey));
        _keys.Add((byte)rekey.Epoch, rekey.SiteKey.Span, rekey.NetworkKey.Span);
        _keys.MoveTo((byte)rekey.Epoch);
        effects.Emit(new Output.Noted(NoteLevel.Information, $"this site has its keys of epoch {rekey.Epoch} and seals with them from now on"));
        // The next heartbeat tells the meldkamer that it arrived, the next beacon the neighbours.
        _heartbeatDue = now;
        foreach (var link in _around.Links) link.HurryBeacon(now);
    }

    private void RestoreKeys(IReadOnlyList<StoredKeys> stored)
    {
        _keys.Reset();
        if (_keys.HoldsRegion) return;
        foreach (var keys in stored.OrderBy(keys => keys.Epoch))
        {
            _keys.Add(keys.Epoch, keys.SiteKey.Span, keys.NetworkKey.Span);
            _keys.MoveTo(keys.Epoch);
        }
    }

    /// <summary>The epoch of a frame for one neighbour: the newest that both have.</summary>
    private byte EpochFor(Neighbour neighbour) => Math.Clamp(neighbour.Epoch, _keys.OldestEpoch, _keys.Epoch);

    /// <summary>Whether somebody on a link may have only the older of two open epochs: one that said so, or anybody while nobody is there.</summary>
    private bool IsDivided(LinkState link) => _keys.OldestEpoch < _keys.Epoch
        && _around.All.Where(neighbour => neighbour.Link == link.Index).Select(neighbour => (byte?)neighbour.Epoch).DefaultIfEmpty(null).Any(epoch => epoch is null || epoch < _keys.Epoch);
}
