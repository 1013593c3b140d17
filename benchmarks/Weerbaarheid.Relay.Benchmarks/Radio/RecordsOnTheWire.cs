using System.Diagnostics;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>Looks at a serial line, and notes when the first byte passed of each frame with a record in it.</summary>
internal sealed class RecordsOnTheWire
{
    private readonly CobsFraming _framing = new(1_024);
    private readonly FrameWatch _watch = new(KeyRing.Demonstration());
    private readonly List<long> _began = [];
    private long? _frameBegan;

    internal RecordsOnTheWire(NullModemCount direction) => direction.Tap = Look;

    /// <summary>When the first such frame began at or after a moment, as <see cref="Stopwatch.GetTimestamp"/>; null when none did.</summary>
    internal long? FirstAfter(long moment)
    {
        lock (_began) return _began.Where(at => at >= moment).Select(at => (long?)at).FirstOrDefault();
    }

    private void Look(ReadOnlyMemory<byte> bytes)
    {
        var now = Stopwatch.GetTimestamp();
        var left = bytes.Span;
        while (left.Length > 0)
        {
            _frameBegan ??= now;
            if (!_framing.TryTake(ref left, out var frame)) return;
            if (_watch.RecordsIn(frame).Count > 0) Note(_frameBegan.Value);
            _frameBegan = null;
        }
    }

    private void Note(long began)
    {
        lock (_began) _began.Add(began);
    }
}
