using System.Collections.Concurrent;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Epochs;

/// <summary>
/// A region takes new key epochs, closes old ones and shuts a thief out while links are cut, frames are lost, boards restart and the thief
/// plays recordings and says what it can. When it is quiet again, everybody has come along and every message arrived once.
/// </summary>
internal sealed class EpochTrial
{
    private const ushort Desk = 1;
    private const ushort Thief = 15;

    /// <summary>The thief's own messages after the theft have numbers from here on.</summary>
    private const ulong Stolen = 1_000;

    private static readonly ushort[] Sites = [11, 12, 13, 14];
    private static readonly string[] Media = ["fibre", "radio", "wire", "low", "net"];

    private readonly Met _met;
    private readonly SplitMix64[] _random;
    private readonly TestNet _net = new();
    private readonly KeyRing _thief = SimulationKeys.For(new ScenarioSite(Thief, "", Role.Noodsteunpunt));
    private readonly List<EnvelopeKey> _accepted = [];
    private readonly HashSet<string> _cut = [];
    private double _loss;
    private bool _isRevoked;
    private int _deliveredOfThief;

    private EpochTrial(long number, Met met)
    {
        _met = met;
        _random = [new SplitMix64((ulong)number)];
        _net.Add(Desk, Role.Meldkamer);
        _net.Add(2, Role.Coordinatiepunt);
        foreach (var site in (ushort[])[.. Sites, Thief]) _net.Add(site, Role.Noodsteunpunt);
        _net.Join("fibre", 10_000_000, Desk, 2);
        _net.Join("radio", 2_000, 2, 11, 12, Thief);
        _net.Join("wire", 9_600, 12, 13);
        _net.Join("low", 2_000, 11, 14);
        _net.Join("net", 1_000_000, 13, Desk);
        _net.Loses = (_, _, _) => Draw() < _loss;
    }

    public static Trial Trial { get; } = new("epochs", "key epochs and revocations under faults and a thief", 25, 5_000, run =>
    {
        var met = new Met();
        return run.ForEach(number => new EpochTrial(number, met).Attempt(), met.Tell);
    });

    private string? Attempt()
    {
        _net.Start();
        _net.Run(TimeSpan.FromMinutes(5));
        for (var step = 0; step < 50; step++)
        {
            Step();
            _net.Run(TimeSpan.FromSeconds(1 + (Draw() * Draw() * 1_200)));
        }

        foreach (var medium in _cut) _net.Restore(medium);
        _loss = 0;
        _net[Thief].IsOn = false;
        _net.Run(TimeSpan.FromHours(5));
        return Settled() ?? Nonces();
    }

    private void Step()
    {
        switch ((int)(Draw() * 11))
        {
            case 0: Cut(); break;
            case 1: _loss = Draw() < 0.5 ? 0 : Draw() * 0.4; break;
            case 2: _net.Restart(Any([Desk, 2, .. Sites])); break;
            case 3: Order(KeyOrderKind.Rotate); break;
            case 4: Order(KeyOrderKind.Close); break;
            case 5: if (Draw() < 0.5) Order(KeyOrderKind.Revoke); break;
            case 6: Forge(); break;
            case 7: Play(); break;
            default: Submit(Any(Sites)); break;
        }
    }

    private void Cut()
    {
        var medium = Media[(int)(Draw() * Media.Length)];
        if (_cut.Remove(medium)) _net.Restore(medium);
        else if (_cut.Add(medium)) _net.Cut(medium, isReported: Draw() < 0.7);
    }

    private void Order(KeyOrderKind kind)
    {
        // What would leave somebody behind is refused, and that is part of the promise.
        var outcome = _net.Order(Desk, kind, kind == KeyOrderKind.Revoke ? [Thief] : [], _net[Desk].Core.Status(_net.Now).Keys.OldestEpoch);
        _met.Count(outcome.Refusal == Refusal.None ? kind.ToString() : $"{kind} refused");
        if (kind != KeyOrderKind.Revoke || outcome.Refusal != Refusal.None || _isRevoked) return;
        _isRevoked = true;
        _deliveredOfThief = OfThief();
    }

    private void Submit(ushort site)
    {
        var outcome = _net.Submit(site, new Melding { Priority = (byte)(1 + (Draw() * 4)), Text = "Rook uit de kelder" });
        if (outcome.Refusal != Refusal.None) return;
        _accepted.Add(outcome.Key);
        _met.Count("messages");
    }

    /// <summary>The thief says something of its own in a frame, under its own name or another's.</summary>
    private void Forge()
    {
        var (body, envelope) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        var melding = new Melding { Priority = 1, Text = "Alles is veilig" };
        var length = MessageCodec.Encode(melding, body);
        var sequence = Stolen + (ulong)(Draw() * 1_000);
        var size = Envelope.Seal(_thief, EnvelopeHeader.For(melding, 0, Thief, sequence), sequence, body.AsSpan(0, length), envelope);
        // As itself, and with another's name on what it could seal.
        if (Draw() < 0.3) envelope[3] = 11;
        var to = Any([2, 11, 12]);
        var writer = new FrameWriter(_thief, Draw() < 0.5 ? Thief : (ushort)99, 222, FrameForm.Narrow);
        writer.Address(to);
        writer.TryAddEnvelope(envelope.AsSpan(0, size), 0);
        _net.Hear(to, to == 2 ? 1 : 0, writer.Finish());
    }

    private void Play()
    {
        if (_net.Frames.Count == 0) return;
        var (_, medium, frame) = _net.Frames[(int)(Draw() * _net.Frames.Count)];
        if (medium == "radio") foreach (ushort to in (ushort[])[2, 11, 12]) _net.Hear(to, to == 2 ? 1 : 0, frame.Bytes);
    }

    private string? Settled()
    {
        var desk = _net[Desk].Core.Status(_net.Now).Keys;
        foreach (var site in (ushort[])[2, .. Sites])
        {
            var keys = _net[site].Core.Status(_net.Now).Keys;
            if ((keys.Epoch, keys.Serial, keys.OldestEpoch) != (desk.Epoch, desk.Serial, desk.OldestEpoch)) return $"site {site} has {keys}, the meldkamer {desk}";
        }

        var ids = _net[Desk].Ids.ToList();
        foreach (var key in _accepted)
        {
            if (ids.Count(id => id == key.ToString()) != 1) return $"{key} was delivered {ids.Count(id => id == key.ToString())} times";
            if (_net[key.Origin].StateOf(key) != MessageState.Ontvangen) return $"{key} is {_net[key.Origin].StateOf(key)} at its origin";
        }

        var strange = ids.Where(id => !id.StartsWith($"{Thief}-", StringComparison.Ordinal)).Except(_accepted.Select(key => key.ToString())).ToList();
        if (strange.Count > 0) return $"nobody handed in {string.Join(" ", strange)}";
        return _isRevoked && OfThief() != _deliveredOfThief ? $"{OfThief() - _deliveredOfThief} messages of the thief were delivered after it was shut out" : null;
    }

    private int OfThief() => _net[Desk].Ids.Count(id => id.StartsWith($"{Thief}-", StringComparison.Ordinal));

    /// <summary>No key and nonce were used for two things: a number of an origin in an epoch is always the same bytes.</summary>
    private string? Nonces()
    {
        var rings = Enumerable.Range(0, KeyRing.MaxEpoch + 1).Select(epoch =>
        {
            var ring = KeyRing.Demonstration();
            ring.MoveTo((byte)epoch);
            return ring;
        }).ToList();
        var sealedAs = new Dictionary<string, string>();
        foreach (var (from, _, frame) in _net.Frames.Where(one => one.From != Thief))
        {
            if (FrameReader.TryOpen(rings[frame.Bytes.Span[0] & 15], (FrameForm)(frame.Bytes.Span[0] >> 6), frame.Bytes.Span, out var reader) != FrameOutcome.Opened) return $"site {from} sent a frame that cannot be read";
            for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
            {
                if (item != FrameItem.Envelope || !EnvelopeHeader.TryRead(reader.Envelope, out var header) || header.Mode == SealMode.Signature || header.Origin == Thief) continue;
                // What the thief renamed is nobody's, and goes no further than a relay that cannot read it.
                var known = _accepted.Any(key => key.Origin == header.Origin && key.Sequence == header.SequenceLow) || header.Series == Series.States;
                var (name, bytes) = ($"{header.Epoch} {header.Origin} {header.Series} {header.Destination} {header.SequenceLow}", Convert.ToHexString(reader.Envelope));
                if (known && !sealedAs.TryAdd(name, bytes) && sealedAs[name] != bytes) return $"two envelopes under one key and nonce: {name}";
            }
        }

        rings.ForEach(ring => ring.Dispose());
        return null;
    }

    /// <summary>How often what happened, over all cases.</summary>
    private sealed class Met
    {
        private readonly ConcurrentDictionary<string, long> _counts = new();

        public void Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

        public IReadOnlyList<string> Tell() => [string.Join(", ", _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"))];
    }

    private ushort Any(ushort[] sites) => sites[(int)(Draw() * sites.Length)];

    private double Draw() => _random[0].NextDouble();
}
