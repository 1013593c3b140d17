using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// Many statuses in one Sitrap: a coördinatiepunt whose way up is narrow gathers for half a minute what its sites tell, and sends
/// one record of what changed. One Sitrap is on its way at a time; until the next node has it, newer statuses join the next one.
/// </content>
internal sealed partial class RelayCore
{
    private readonly Dictionary<ushort, (TimeSpan At, byte Epoch)> _heartbeatsPassed = [];
    private TimeSpan? _rollAt;

    private bool RollsUp => _self.Role == Role.Coordinatiepunt && _keys.HoldsRegion && _around.Up is { } up && _around.Links[up.Link].IsNarrow && (_around.LeadsToMeldkamer || UpIsOnlyClear);

    /// <summary>Whether a status waits for company.</summary>
    private bool IsGathered(Held held) => held is { GoesAlone: false, Header: { Type: MessageType.Status, Priority: >= 3 } } && held.Key.Origin != _self.Id && RollsUp;

    /// <summary>
    /// Heartbeats of others come as often as their links are fast; over a narrow link they go on no oftener than this node's own. The first
    /// one under new keys goes at once: the meldkamer waits for it.
    /// </summary>
    private bool IsTooSoon(LinkState link, Held held, TimeSpan now) =>
        link.IsNarrow && held.Header.Type == MessageType.Heartbeat && held.Key.Origin != _self.Id
        && _heartbeatsPassed.TryGetValue(held.Key.Origin, out var last) && held.Header.Epoch <= last.Epoch && now < last.At + LinkPace.HeartbeatPeriod(link.Description);

    private void NoteHeartbeat(LinkState link, Held held, TimeSpan now)
    {
        if (link.IsNarrow && held.Header.Type == MessageType.Heartbeat && held.Key.Origin != _self.Id && (_heartbeatsPassed.Count < _rules.MaxOrigins || _heartbeatsPassed.ContainsKey(held.Key.Origin)))
            _heartbeatsPassed[held.Key.Origin] = (now, held.Header.Epoch);
    }

    private void RollStatuses(Instant at, Effects effects)
    {
        var waiting = RollsUp && !_onlyUrgent ? _custody.ReadyUp.Where(IsGathered).Take(MessageLimits.SitrapRows).ToList() : [];
        if (waiting.Count == 0)
        {
            _rollAt = null;
            return;
        }

        _rollAt ??= at.Now + RelayRules.RollPause;
        var earlier = _custody.All.FirstOrDefault(held => held.Header.Type == MessageType.Sitrap && held.Key.Origin == _self.Id);
        if (at.Now < _rollAt || earlier is { Stage: not Stage.Ready }) return;
        _rollAt = null;
        var exercise = waiting[0].Header.Exercise;
        var rows = new SortedDictionary<ushort, SitrapRow>();
        if (earlier is not null && earlier.Header.Exercise == exercise && Open(earlier) is Sitrap unsent)
            foreach (var row in unsent.Rows) rows[row.Site] = row;
        var rolled = waiting.Where(held => held.Header.Exercise == exercise && AddRow(rows, held)).ToList();
        foreach (var held in waiting.Except(rolled)) held.GoesAlone = true;
        // A status is sealed by its site: over a link that takes nothing sealed, only the row of it can go.
        if (rows.Count < (UpIsOnlyClear ? 1 : 2)) foreach (var held in rolled) held.GoesAlone = true;
        else SendSitrap(rows.Values, rolled, exercise, at, effects);
    }

    /// <returns>False when it does not fit, or cannot be read.</returns>
    private bool AddRow(SortedDictionary<ushort, SitrapRow> rows, Held held)
    {
        if ((rows.Count >= MessageLimits.SitrapRows && !rows.ContainsKey(held.Key.Origin)) || Open(held) is not Status status) return false;
        rows[held.Key.Origin] = new SitrapRow(held.Key.Origin, status.State, status.Present, status.PowerHours, status.Supplies, 0);
        return true;
    }

    private void SendSitrap(IEnumerable<SitrapRow> rows, List<Held> rolled, Exercise exercise, Instant at, Effects effects)
    {
        var sitrap = new Sitrap
        {
            Priority = 3,
            Exercise = exercise,
            Number = (int)((long)(at.Now / RelayRules.RollPause) % ushort.MaxValue) + 1,
            Counts = [.. Enumerable.Range(1, 4).Select(priority => Math.Min(_custody.CountOf(priority) - (priority == 1 && _trust.Held is not null ? 1 : 0), MessageLimits.Count))],
            Rows = [.. rows],
        };
        var length = MessageCodec.Encode(sitrap, _body);
        if (length == 0) throw new InvalidOperationException("This node made a Sitrap that breaks its own rules.");
        var (key, header, bytes) = SealOwn(sitrap, length, at.Now, effects);
        ReplaceOlderState(header, key, effects);
        effects.Store(new StoreChange.Put(new StoredEnvelope(
            key, header, bytes, at.Now, at.Wall, Custody: true, MessageState.Opgeslagen, Delivered: false, Announced: true, null, null)));
        _custody.Add(Hold(header, key, bytes, at.Now, 0, MessageState.Opgeslagen, null, RelayRules.LifetimeOf(MessageType.Sitrap)));
        foreach (var held in rolled)
        {
            _custody.Remove(held);
            effects.Store(new StoreChange.SetProgress(held.Key, held.State, Custody: false, null));
        }
    }

    private Message? Open(Held held)
    {
        if (Envelope.TryOpen(_keys, held.Bytes.Span, held.Key.Sequence, _body, out var length) != OpenOutcome.Opened) return null;
        return MessageCodec.TryDecode(held.Header, _body.AsSpan(0, length), out var message, out _) ? message : null;
    }
}
