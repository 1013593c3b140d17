using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// The courier: what is held is written as frames that lie in a file, and frames from a file are received as from a neighbour that cannot be
/// reached. Writing is no acknowledgement: a stick may be lost, and custody ends by a receipt as always.
/// </content>
internal sealed partial class RelayCore
{
    /// <summary>A heartbeat asks for the check without which no receipt counts, so that it must outlive the ride and the hop after it.</summary>
    private static readonly TimeSpan CarriedHeartbeat = TimeSpan.FromHours(24);

    private readonly LinkState _courier;

    private static bool IsCourier(Neighbour neighbour) => neighbour.Link == CourierFrames.Link;

    private LinkState LinkOf(Neighbour neighbour) => IsCourier(neighbour) ? _courier : _around.Links[neighbour.Link];

    private static TimeSpan CourierLifetime(Message message) => message is Heartbeat ? CarriedHeartbeat : LifetimeOf(message);

    private CourierLoad Export(EnvelopeKey? only, Instant at, Effects effects)
    {
        if (_trust.IsRevoked(_self.Id)) return CourierLoad.Refused("De regio vertrouwt dit punt niet meer. Niemand neemt berichten van hier nog aan.");
        if (only is not { } key) return Pack([.. Held(), .. Made(at, effects)], at.Now);
        if (_custody.Find(key) is not { } held) return CourierLoad.Refused($"Bericht {key} ligt hier niet te wachten. Het is al ontvangen of vervallen, of het nummer klopt niet.");
        // Without the question for a check its receipt would not count here.
        return Pack(IsDoubtful(key) && MakesHeartbeats ? [Freight.Of(held), Carry(MakeHeartbeat(OwnWaiting(), at.Now), at.Now, effects)] : [Freight.Of(held)], at.Now);
    }

    /// <summary>Something to take along.</summary>
    /// <param name="Header">Its header.</param>
    /// <param name="Key">Its name.</param>
    /// <param name="Bytes">As its origin sealed it.</param>
    /// <param name="BornAt">Node time at which its age was zero.</param>
    /// <param name="Order">Place among others of its rank.</param>
    private readonly record struct Freight(EnvelopeHeader Header, EnvelopeKey Key, ReadOnlyMemory<byte> Bytes, TimeSpan BornAt, long Order)
    {
        public static Freight Of(Held held) => new(held.Header, held.Key, held.Bytes, held.BornAt, held.Order);

        /// <summary>Who is shut out must be known before what they say, and heartbeats and receipts are small and make the rest understood.</summary>
        public int Rank => Header.Type switch
        {
            MessageType.Revocation => 0,
            MessageType.Heartbeat or MessageType.Receipt or MessageType.Rekey => 1,
            _ => 1 + Header.Priority,
        };
    }

    /// <summary>What is in custody, whatever became of it on links; what is made anew for the courier stays out.</summary>
    private IEnumerable<Freight> Held() => _custody.All
        .Where(held => held.Key.Origin != _self.Id || held.Header.Type is not (MessageType.Heartbeat or MessageType.Receipt or MessageType.Rekey))
        .Select(Freight.Of);

    /// <summary>What is never stored, as things stand now: a heartbeat, the receipts of every origin, keys for who is behind.</summary>
    private IEnumerable<Freight> Made(Instant at, Effects effects)
    {
        if (!IsMeldkamer)
        {
            foreach (var (header, key, bytes, receipt, bornAt) in _newestReceipts.Values)
            {
                var isOver = bornAt + RelayRules.LifetimeOf(MessageType.Receipt) <= at.Now || _trust.IsRevoked(receipt.ForSite) || _custody.Find(key) is not null;
                if (!isOver) yield return new Freight(header, key, bytes, bornAt, (long)key.Sequence);
            }

            if (MakesHeartbeats) yield return Carry(MakeHeartbeat(OwnWaiting(), at.Now), at.Now, effects);
            yield break;
        }

        foreach (var (origin, window) in _windows.Records.OrderBy(pair => pair.Origin).ToList())
        {
            if (origin == _self.Id || !_keys.Holds(origin) || _trust.IsRevoked(origin)) continue;
            var asks = _desk.AskedBy(origin) is > 0 and var lately ? lately : _windows.AskedOf(origin);
            foreach (var receipt in _desk.WriteAll(origin, window))
                yield return Carry(asks > 0 ? receipt with { Check = _tags.CheckOf(origin, receipt, asks) } : receipt, at.Now, effects);
        }

        foreach (var site in Behind(_trust.Current?.Revoked ?? []))
        {
            var (siteKey, networkKey) = _keys.KeysFor(site, _keys.Epoch);
            yield return Carry(new Rekey { Priority = 2, ForSite = site, Epoch = _keys.Epoch, SiteKey = siteKey, NetworkKey = networkKey }, at.Now, effects);
        }
    }

    /// <summary>Seals a state for the stick alone: it takes no place in the queue and no airtime.</summary>
    private Freight Carry(Message message, TimeSpan now, Effects effects)
    {
        var length = MessageCodec.Encode(message, _body);
        if (length == 0) throw new InvalidOperationException($"This node made a {message.Type} that breaks its own rules.");
        var (key, header, bytes) = SealOwn(message, length, now, effects, isCarried: true);
        return new Freight(header, key, bytes, now, (long)key.Sequence);
    }

    /// <summary>Puts it into frames, the most urgent first, in the oldest epoch that is open: whoever has a newer one has that too.</summary>
    private CourierLoad Pack(List<Freight> freight, TimeSpan now)
    {
        var writer = new FrameWriter(_keys, _self.Id, CourierFrames.MaxFrame, FrameForm.Carried);
        writer.Address(null, epoch: _keys.OldestEpoch);
        var (frames, bytes, packed) = (new List<ReadOnlyMemory<byte>>(), 0, new List<Freight>());
        foreach (var one in freight.OrderBy(one => one.Rank).ThenBy(one => one.Order))
        {
            var age = (ulong)Math.Max(0, (now - one.BornAt).TotalSeconds);
            if (!writer.TryAddEnvelope(one.Bytes.Span, age))
            {
                Close();
                if (bytes + CourierFrames.MaxFrame > CourierFrames.MostBytes || !writer.TryAddEnvelope(one.Bytes.Span, age)) break;
            }

            packed.Add(one);
        }

        if (!writer.IsEmpty) Close();
        var (records, receipts) = (packed.Count(one => one.Key.Series == Series.Records), packed.Count(one => one.Header.Type == MessageType.Receipt));
        return new CourierLoad(frames, records, receipts, packed.Count - records - receipts, freight.Count - packed.Count);

        void Close()
        {
            frames.Add(writer.Finish());
            bytes += frames[^1].Length;
            writer.Address(null, epoch: _keys.OldestEpoch);
        }
    }

    /// <summary>Takes a frame of a courier in. Its tag is checked before anything else, and then each envelope by all the rules of a link.</summary>
    private CourierTaking Import(ReadOnlySpan<byte> frame, Instant at, Effects effects)
    {
        switch (FrameReader.TryOpen(_keys, FrameForm.Carried, frame, out var reader))
        {
            case FrameOutcome.NotAuthentic: return CourierTaking.One(CourierVerdict.NotThisNetwork);
            case FrameOutcome.Malformed: return CourierTaking.One(CourierVerdict.Unreadable);
        }

        if (reader.To is not null) return CourierTaking.One(CourierVerdict.Unreadable);

        if (_trust.IsRevoked(reader.Sender) && reader.Sender != _self.Id)
        {
            _tallies.Count(Tallies.Revoked);
            return CourierTaking.One(CourierVerdict.Revoked);
        }

        var from = new Neighbour(CourierFrames.Link, reader.Sender, CourierFrames.MaxFrame);
        var (counts, before) = (new Dictionary<CourierVerdict, int>(), _tallies.Values.GetValueOrDefault(Tallies.Received));
        (_answerAt, _confirmed, _mayAnswerRepeat) = (at.Now, 0, null);
        for (var item = reader.Next(); item != FrameItem.End; item = reader.Next())
        {
            // Acknowledgements, beacons and pieces belong to a hop, and a stick is none.
            if (item is not (FrameItem.Envelope or FrameItem.Unreadable)) continue;
            var verdict = item == FrameItem.Unreadable ? CourierVerdict.Unreadable : ReceiveEnvelope(from, reader.Envelope, reader.AgeSeconds, at, effects);
            counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
            if (item == FrameItem.Unreadable) break;
        }

        return new CourierTaking(counts, (int)(_tallies.Values.GetValueOrDefault(Tallies.Received) - before));
    }
}
