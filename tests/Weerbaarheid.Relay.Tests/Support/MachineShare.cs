using System.Globalization;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>How much of the machine's processors programs had that this test run did not start, since this was made. From /proc.</summary>
internal sealed class MachineShare
{
    private readonly (double Busy, double All) _machine = Machine();
    private readonly double _own = Own();

    /// <summary>0 to 1.</summary>
    internal double Others()
    {
        var (busy, all) = Machine();
        return Math.Clamp(((busy - _machine.Busy) - (Own() - _own)) / Math.Max(1, all - _machine.All), 0, 1);
    }

    /// <summary>Ticks of all processors: user, nice, system, idle, waiting, interrupts.</summary>
    private static (double Busy, double All) Machine()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(one => double.Parse(one, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4], ticks.Sum());
    }

    /// <summary>Ticks of this process and those that it started and that still run.</summary>
    private static double Own()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => int.TryParse(name, out _)).Select(Read).OfType<(int Id, int Parent, double Ticks)>().ToList();
        var own = new HashSet<int> { Environment.ProcessId };
        while (all.Exists(one => own.Contains(one.Parent) && own.Add(one.Id)))
        {
            // One more generation, until none is left.
        }

        return all.Where(one => own.Contains(one.Id)).Sum(one => one.Ticks);
    }

    private static (int Id, int Parent, double Ticks)? Read(string id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var cells = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(id, CultureInfo.InvariantCulture), int.Parse(cells[1], CultureInfo.InvariantCulture), double.Parse(cells[11], CultureInfo.InvariantCulture) + double.Parse(cells[12], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // It ended meanwhile.
        }
    }
}
