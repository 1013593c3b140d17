using System.Diagnostics;
using System.Text.Json;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>
/// A noodsteunpunt and a meldkamer over MQTT, killed in any order: everything handed in arrives in the end, once; no receipt says more than the
/// meldkamer has; no number is ever used for two messages.
/// </summary>
internal sealed class PairChain : IDisposable
{
    private const ushort Site = 11;
    private const ushort Centre = 1;

    /// <summary>Long enough after a kill for the link to come up again (it waits 0.25 to 0.5 s first).</summary>
    private const double MostMilliseconds = 1_500;

    private static readonly HttpClient Http = new();

    private readonly string _folder;
    private readonly Tally _tally;
    private readonly Ledger _ledger;
    private readonly KilledNode _meldkamer;
    private readonly KilledNode _steunpunt;
    private readonly WireTap _tap;
    private readonly KeyRing _keys = KeyRing.Demonstration();
    private SplitMix64 _random;
    private Desk? _desk;

    private PairChain(long number, string folder, SplitMix64 random, Tally tally)
    {
        (_folder, _tally, _random) = (folder, tally, random);
        _ledger = new Ledger(number, new SplitMix64(_random.Next()));
        _meldkamer = new KilledNode(Centre, "meldkamer", Path.Combine(folder, "1"));
        _tap = new WireTap(_meldkamer.Port);
        _steunpunt = new KilledNode(Site, "noodsteunpunt", Path.Combine(folder, "11")) { UpPort = _tap.Port, PagePort = KilledNode.TakePort() };
    }

    public static string? Run(long number, string folder, SplitMix64 random, Tally tally)
    {
        using var chain = new PairChain(number, folder, random, tally);
        for (var kills = 0; kills < KillTrial.KillsInChain;)
        {
            var which = (int)(chain._random.Next() % 5);
            var (steunpunt, meldkamer) = (which is 0 or 1 or 4, which is 2 or 3 or 4);
            kills += which == 4 ? 2 : 1;
            if (chain.Step(steunpunt, meldkamer) is { } wrong) return $"after {kills} kills: {wrong}";
        }

        return chain.Settle();
    }

    public void Dispose()
    {
        _steunpunt.Dispose();
        _meldkamer.Dispose();
        _desk?.Close();
        _tap.Dispose();
        _keys.Dispose();
    }

    private string? Step(bool steunpunt, bool meldkamer)
    {
        StartThoseDead();
        _ledger.Left = Math.Max(_ledger.Left, (int)(_random.Next() % 150));
        var moment = KillMoment.Next(ref _random, MostMilliseconds);
        var victim = steunpunt ? _steunpunt : _meldkamer;
        while (!IsDue(moment, victim))
        {
            if (Look() is { } wrong) return wrong;
        }

        if (meldkamer) Kill(_meldkamer);
        return steunpunt ? KillSteunpunt() ?? (meldkamer ? Compare() : null) : null;
    }

    private static bool IsDue(KillMoment moment, KilledNode victim)
    {
        var since = moment.FromStart ? victim.Started : victim.Ready;
        return since != 0 && Stopwatch.GetElapsedTime(since) >= moment.After;
    }

    private void StartThoseDead()
    {
        if (!_meldkamer.IsRunning) _meldkamer.Start();
        if (_steunpunt.IsRunning) return;
        _steunpunt.Start();
        _desk = new Desk(_steunpunt, _ledger, ref _random);
    }

    /// <summary>A look at both nodes, and two milliseconds of handing in.</summary>
    private string? Look()
    {
        if (_meldkamer.Gone() is { } gone) return gone;
        if (_meldkamer.Ready == 0)
        {
            using var probe = HandingIn.TryConnect(_meldkamer.Port, _ledger, window: 0, quality: 1);
            if (probe is not null) _meldkamer.Ready = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(_meldkamer.Started) > Desk.Patience) return $"the meldkamer takes no connections after {Desk.Patience.TotalSeconds} s; {_meldkamer.Log()}";
        }

        return _desk!.Step(TimeSpan.FromMilliseconds(2));
    }

    private void Kill(KilledNode node)
    {
        node.Kill();
        _tally.Killed(node);
    }

    private string? KillSteunpunt()
    {
        Kill(_steunpunt);
        return _desk!.Close();
    }

    private string? Compare()
    {
        var (own, damage) = StoreLook.Into(_steunpunt, Path.Combine(_folder, "scratch"));
        var (central, other) = StoreLook.Into(_meldkamer, Path.Combine(_folder, "scratch"));
        if (_tap.HighestState(Site) is var used && used > own.States) return $"the number {Site}-s{used} went over the wire, and the store says {own.States}: it would be given out again";
        return _tap.Wrong ?? damage ?? other ?? StoreLook.AgainstLedger(own, Site, _ledger, _keys) ?? StoreLook.AgainstOrigin(own, central, Site);
    }

    /// <summary>Both in peace: everything is answered, arrives and is confirmed.</summary>
    private string? Settle()
    {
        if (_steunpunt.IsRunning && KillSteunpunt() is { } wrong) return wrong;
        _ledger.AskForAll();
        StartThoseDead();
        for (var begun = Stopwatch.GetTimestamp(); !IsSettled();)
        {
            if (Stopwatch.GetElapsedTime(begun) > 2 * Desk.Patience) return $"not everything had arrived and was confirmed after {2 * Desk.Patience.TotalSeconds} s; {_steunpunt.Log()}\n{_meldkamer.Log()}";
            for (var i = 0; i < 50; i++)
                if (Look() is { } trouble) return trouble;
        }

        _meldkamer.Kill();
        _steunpunt.Kill();
        var (own, _) = StoreLook.Into(_steunpunt, Path.Combine(_folder, "scratch"));
        var end = _desk!.Close() ?? Compare() ?? own.Envelopes.Where(one => one.Key.Series == Series.Records && one.State != MessageState.Ontvangen)
            .Select(one => $"{one.Key} ended as {one.State}").FirstOrDefault();
        _tally.Ended(_ledger);
        _tally.Passed(_tap.Count);
        return end;
    }

    private bool IsSettled()
    {
        if (_ledger.HasMore || _ledger.All.Any(one => !one.IsAcknowledged)) return false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_steunpunt.PagePort}/api/v1/status");
            using var response = Http.Send(request);
            using var status = JsonDocument.Parse(response.Content.ReadAsStream());
            var queue = status.RootElement.GetProperty("queue");
            return queue.GetProperty("total").GetInt32() == 0 && queue.GetProperty("awaitingReceipt").GetInt32() == 0;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return false; // Not up yet, or nothing said yet.
        }
    }
}
