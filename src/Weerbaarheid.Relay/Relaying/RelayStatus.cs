using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A link as people see it.</summary>
internal sealed record LinkStatus(
    string Name, string Type, bool Up, string DownReason, IReadOnlyList<ushort> Neighbours, long FramesSent, long FramesReceived, long FramesRefused, AirStatus? Air)
{
    /// <summary>Whether an operator lets it transmit; null of links that need none.</summary>
    public AmateurStatus? Amateur { get; init; }
}

/// <summary>An amateur link as people see it.</summary>
/// <param name="Arming">Who armed it and until when; null when it may not transmit.</param>
internal sealed record AmateurStatus(Arming? Arming);

/// <summary>The airtime of a narrow link.</summary>
/// <param name="Band">Links of one band share it.</param>
/// <param name="DutyCycle">Share of an hour that may be used; 1 when nothing limits it.</param>
/// <param name="Spent">Used in the last hour.</param>
/// <param name="Left">What may still be used now; null when nothing limits it.</param>
/// <param name="QueueEmptyIn">When all that waits for the meldkamer will have left over this link, if nothing comes between; null when it is not the way up.</param>
internal sealed record AirStatus(string Band, double DutyCycle, TimeSpan Spent, TimeSpan? Left, TimeSpan? QueueEmptyIn);

/// <summary>What is known of the numbers of one origin.</summary>
/// <param name="Site">The origin.</param>
/// <param name="Highest">Highest record number known to exist.</param>
/// <param name="Missing">How many of them never came.</param>
/// <param name="Gaps">The first gaps.</param>
/// <param name="LastHeard">Node time of the last sign of life that was checked; null when there was none since the start.</param>
internal sealed record OriginStatus(ushort Site, ulong Highest, ulong Missing, IReadOnlyList<(ulong First, ulong Last)> Gaps, TimeSpan? LastHeard)
{
    /// <summary>The key epoch it seals under, as far as is known here; null where only a site's own keys are.</summary>
    public byte? Epoch { get; init; }

    /// <summary>The region shut it out.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>Records that wait for a receipt there, by its newest heartbeat; null when none came since the start.</summary>
    public int? Waiting { get; init; }
}

/// <summary>The node's own state at one moment, for status, report and pages.</summary>
/// <param name="WayUp">Name of the link that leads to the meldkamer now; null when none does.</param>
/// <param name="NextSite">The site that messages go to now, also when it is a coördinatiepunt that waits for a way itself.</param>
/// <param name="Waiting">Envelopes in custody by priority 1 to 4.</param>
/// <param name="OldestWaiting">Age of the oldest record in custody; null when there is none.</param>
/// <param name="AwaitingReceipt">Records that the next node has and the meldkamer has not confirmed.</param>
internal sealed record RelayStatus(
    string? WayUp, ushort? NextSite, IReadOnlyList<int> Waiting, long WaitingBytes, int AwaitingReceipt, TimeSpan? OldestWaiting,
    IReadOnlyList<LinkStatus> Links, IReadOnlyList<OriginStatus> Origins, IReadOnlyDictionary<string, long> Tallies)
{
    /// <summary>Epochs and revoked sites.</summary>
    public KeyStatus Keys { get; init; } = new(0, 0, 0, [], false);
}

/// <content>What the node tells people about itself.</content>
internal sealed partial class RelayCore
{
    private const int GapsShown = 8;

    /// <summary>Whether time matters to something on disk; a revocation stays for ever.</summary>
    public bool HoldsRecords => _custody.Count > (_trust.Held is null ? 0 : 1);

    public RelayStatus Status(TimeSpan now)
    {
        var (waiting, awaitingReceipt, oldest) = (new int[4], 0, TimeSpan.MaxValue);
        foreach (var held in _custody.All)
        {
            if (RelayRules.IsEphemeral(held.Header.Type)) continue;
            if (held.Stage == Stage.Passed) awaitingReceipt++;
            if (held.HasIt is not null) continue;
            waiting[held.Header.Priority - 1]++;
            if (held.BornAt < oldest) oldest = held.BornAt;
        }

        return new RelayStatus(
            _around is { Up: { } up, LeadsToMeldkamer: true } ? _around.Links[up.Link].Description.Name : null, _around.Up?.Site,
            waiting, _custody.Bytes - (_trust.Held?.Bytes.Length ?? 0), awaitingReceipt, oldest == TimeSpan.MaxValue ? null : now - oldest,
            [.. _around.Links.Select(link => Describe(link, now))],
            [.. _windows.Records.Select(pair => pair.Origin).Union(_lastHeard.Keys).Union(_windows.WithEpoch).Order().Select(DescribeOrigin)],
            new Dictionary<string, long>(_tallies.Values))
        {
            Keys = new KeyStatus(_keys.Epoch, _keys.OldestEpoch, _trust.Serial, _trust.Current?.Revoked ?? [], _trust.IsRevoked(_self.Id)),
        };
    }

    private OriginStatus DescribeOrigin(ushort origin)
    {
        var window = _windows.Find(new WindowKey(origin, 0, 0)) ?? new ReplayWindow();
        var heard = _lastHeard.TryGetValue(origin, out var at) ? at : (TimeSpan?)null;
        // Who issues bulletins numbers with them what never leaves him, as what a desk says of a record; so a number that did not come here says nothing.
        var tells = origin == _self.Id || !_issuers.Contains(origin);
        return new OriginStatus(origin, window.Highest, tells ? window.Missing : 0, tells ? [.. window.Gaps(GapsShown)] : [], heard)
        {
            Epoch = _keys.HoldsRegion ? EpochOf(origin) : null,
            IsRevoked = _trust.IsRevoked(origin),
            Waiting = _toldWaiting.TryGetValue(origin, out var waiting) ? waiting : null,
        };
    }

    private LinkStatus Describe(LinkState link, TimeSpan now) => new(
        link.Description.Name, link.Description.Type, link.IsUp, link.DownReason,
        [.. _around.All.Where(neighbour => neighbour.Link == link.Index && neighbour.IsUsable(now)).Select(neighbour => neighbour.Site).Order()],
        link.FramesSent, link.FramesReceived, link.FramesRefused, link.Description.Air is { } air ? Describe(link, air, now) : null);

    private AirStatus Describe(LinkState link, Air air, TimeSpan now)
    {
        var spent = _airtime.SpentLastHour(air.Band, now);
        var left = air.DutyCycle < 1 ? _airtime.Left(air.Band, air.DutyCycle, now) : (TimeSpan?)null;
        if (_around.Up is not { } up || up.Link != link.Index) return new AirStatus(air.Band, air.DutyCycle, spent, left, null);
        var room = up.FrameLimit - FrameWriter.OverheadOf(link.Description.Form) - 2;
        var bytes = _custody.All.Where(held => held.Stage != Stage.Passed && held.HasIt is null && MayGoOver(link, held)).Sum(held => (long)held.Bytes.Length + 1);
        var need = (bytes / room * air.TimeOnAir(up.FrameLimit)) + (bytes % room > 0 ? air.TimeOnAir(up.FrameLimit - room + (int)(bytes % room)) : TimeSpan.Zero);
        // What is left goes at once; for the rest each second on the air takes its share of the hour.
        var empty = left is { } atOnce && need > atOnce ? (need - atOnce) / air.DutyCycle : need;
        return new AirStatus(air.Band, air.DutyCycle, spent, left, empty);
    }
}
