using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>One node without links: what was acknowledged is there after every kill, once and as it was; what was not, at most once.</summary>
internal static class AloneChain
{
    private const ushort Site = 11;

    public static string? Run(long number, string role, string folder, SplitMix64 random, Tally tally)
    {
        using var node = new KilledNode(Site, role, folder);
        using var keys = KeyRing.Demonstration();
        var ledger = new Ledger(number, new SplitMix64(random.Next()));
        for (var life = 1; life <= KillTrial.KillsInChain; life++)
        {
            // Now and then a life that is long enough for the log to be copied into the database on the way.
            var isLong = random.Next() % 8 == 0;
            var moment = KillMoment.Next(ref random, isLong ? 2_000 : 300);
            ledger.Left = 1 + (int)(random.Next() % (isLong ? 3_000UL : 300UL));
            node.Start();
            var desk = new Desk(node, ledger, ref random);
            var wrong = desk.Until(moment);
            tally.Killed(node);
            wrong ??= Look(node, ledger, keys, desk.Close(), folder);
            if (wrong is not null) return $"life {life} ({(moment.FromStart ? "start" : "CONNACK")} + {moment.After.TotalMilliseconds:N1} ms): {wrong}";
        }

        // A last life in peace: everything that was ever handed in is answered, and is there.
        ledger.AskForAll();
        node.Start();
        var last = new Desk(node, ledger, ref random);
        var end = last.UntilAnswered() ?? Look(node, ledger, keys, last.Close(), folder)
            ?? ledger.All.Where(one => !one.IsAcknowledged).Select(one => $"{one} was not answered in the last life").FirstOrDefault();
        tally.Ended(ledger);
        return end;
    }

    private static string? Look(KilledNode node, Ledger ledger, KeyRing keys, string? wrong, string folder)
    {
        if (wrong is not null) return wrong;
        var (found, damage) = StoreLook.Into(node, Path.Combine(folder, "scratch"));
        return damage ?? StoreLook.AgainstLedger(found, Site, ledger, keys);
    }
}
