using System.Globalization;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Trials.Simulation;

/// <summary>What the seeds met, all together: a trial that met nothing proves nothing.</summary>
internal sealed class SeedCounts
{
    private const double HoursInYear = 8_766;

    private readonly Lock _gate = new();
    private long _seeds, _accepted, _delivered, _expired, _refused, _frames, _duplicates;
    private double _nodeHours;
    private TimeSpan _slowestUrgent;

    public void Count(SimulationResult result)
    {
        lock (_gate)
        {
            _seeds++;
            _accepted += result.Priorities.Sum(one => (long)one.Accepted);
            _delivered += result.Priorities.Sum(one => (long)one.Delivered);
            _expired += result.Priorities.Sum(one => (long)one.Expired);
            _refused += result.Refusals.Sum(one => (long)one.Value);
            _frames += result.Links.Sum(link => link.Frames);
            _duplicates += result.Duplicates;
            _nodeHours += result.Sites * result.Simulated.TotalHours;
            if (result.Priorities[0].Max > _slowestUrgent) _slowestUrgent = result.Priorities[0].Max;
        }
    }

    public IReadOnlyList<string> Lines(TimeSpan elapsed)
    {
        lock (_gate)
        {
            var years = _nodeHours / HoursInYear;
            return
            [
                Text($"{_seeds:N0} seeds, {elapsed.TotalSeconds / Math.Max(1, _seeds):N2} s a seed; {years:N1} node-years, {years / elapsed.TotalHours:N0} node-years an hour"),
                Text($"{_accepted:N0} records accepted, {_delivered:N0} delivered, {_expired:N0} expired, {_refused:N0} times refused for want of room; {_frames:N0} frames, {_duplicates:N0} duplicates recognised"),
                Text($"slowest priority 1: {Clock.Text(_slowestUrgent)}"),
            ];
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
