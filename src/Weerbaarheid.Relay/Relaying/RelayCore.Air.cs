using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Relaying;

/// <content>What the airtime that is left allows.</content>
internal sealed partial class RelayCore
{
    private readonly AirtimeLedger _airtime;

    private bool HasAir(LinkState link, int bytes, double reserve, TimeSpan now)
    {
        if (link.Description.Air is not { DutyCycle: < 1 } air) return true;
        if (_airtime.Allows(air.Band, air.DutyCycle, air.TimeOnAir(bytes), reserve, now)) return true;
        NoteAirDue(link, air, bytes, reserve, now);
        return false;
    }

    /// <summary>The longest frame for which there is airtime; 0 when there is none worth beginning with.</summary>
    private int LongestFrame(LinkState link, double reserve, TimeSpan now)
    {
        if (link.Description.Air is not { DutyCycle: < 1 } air) return link.Description.MaxFrame;
        if (_airtime.Allows(air.Band, air.DutyCycle, air.TimeOnAir(link.Description.MaxFrame), reserve, now)) return link.Description.MaxFrame;
        var (fits, tooLong) = (0, link.Description.MaxFrame);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (_airtime.Allows(air.Band, air.DutyCycle, air.TimeOnAir(middle), reserve, now)) fits = middle;
            else tooLong = middle;
        }

        return fits >= LeastFrame ? fits : 0;
    }

    /// <summary>
    /// Whether half of the hour's airtime is left. Then what came before is answered again: who repeats it honestly holds it until it is told,
    /// and a stranger's recordings cost this half at most.
    /// </summary>
    private bool HasAirToSpare(LinkState link, TimeSpan now) => link.Description.Air is { DutyCycle: < 1 } air
        && _airtime.Allows(air.Band, air.DutyCycle, air.TimeOnAir(LeastFrame), RelayRules.RepeatReserve, now);

    private void NoteWaitsForAir(LinkState link, Held held, double reserve, TimeSpan now)
    {
        if (link.Description.Air is { DutyCycle: < 1 } air && link.HasRoom)
            NoteAirDue(link, air, Math.Min(held.Bytes.Length + LargestOverhead(link), link.Description.MaxFrame), reserve, now);
    }

    private void NoteAirDue(LinkState link, Air air, int bytes, double reserve, TimeSpan now)
    {
        var due = _airtime.NextRoom(air.Band, air.DutyCycle, air.TimeOnAir(bytes), reserve, now);
        if (due > now && (link.AirDue is null || due < link.AirDue)) link.AirDue = due;
    }
}
