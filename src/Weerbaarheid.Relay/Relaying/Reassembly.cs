using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// Envelopes that arrive in pieces. Only pieces under the network's tag get here, yet every neighbour may be a stolen one:
/// so many at a time for each, so many in all, and the oldest makes room.
/// </summary>
internal sealed class Reassembly
{
    // More than an honest neighbour has on its way at a time (LinkPace.Window), those just completed included.
    private const int MostForNeighbour = 32;
    private const int MostInAll = 256;

    private readonly Dictionary<(Neighbour From, ushort Id), Parts> _parts = [];
    private long _order;

    public int Count => _parts.Count;

    /// <summary>Takes a piece in.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="name">Which piece of which envelope.</param>
    /// <param name="bytes">Its bytes; may be empty only of the last piece.</param>
    /// <param name="bornAt">When the envelope was made, as the last piece tells; ignored of the others.</param>
    /// <returns>The whole envelope when this piece completed it; null when there are still some missing, or none was new.</returns>
    public byte[]? Add(Neighbour from, in FragmentName name, ReadOnlySpan<byte> bytes, TimeSpan bornAt = default)
    {
        if (bytes.IsEmpty && !name.IsLast) return null;
        var parts = Get(from, name.Id);
        parts.Order = ++_order;
        if (!parts.Add(name, bytes))
        {
            // Another envelope with the same 16 bits, or a sender that cuts otherwise now: it starts anew.
            _parts[(from, name.Id)] = parts = new Parts { Order = _order };
            parts.Add(name, bytes);
        }

        if (name.IsLast) parts.BornAt = bornAt;
        if (parts.Whole is not null || parts.Join() is not { } whole) return null;
        if (FragmentId.Of(whole) == name.Id) return parts.Whole = whole;
        _parts.Remove((from, name.Id));
        return null;
    }

    /// <summary>The envelope, when all of its pieces came before; whoever sends a piece again missed the acknowledgement.</summary>
    public byte[]? Completed(Neighbour from, ushort id) => _parts.GetValueOrDefault((from, id))?.Whole;

    /// <summary>When the envelope was made, once its last piece is here.</summary>
    public TimeSpan BornAt(Neighbour from, ushort id) => _parts.GetValueOrDefault((from, id))?.BornAt ?? TimeSpan.Zero;

    /// <summary>Which pieces are here: all before the first that is missing, and those after it by bit, least significant first.</summary>
    public (byte FirstMissing, byte[] Bitmap) Tell(Neighbour from, ushort id) => _parts.GetValueOrDefault((from, id))?.Tell() ?? (0, []);

    /// <summary>Forgets what came from neighbours that are gone.</summary>
    public void Forget(int link)
    {
        foreach (var key in _parts.Keys.Where(key => key.From.Link == link).ToList()) _parts.Remove(key);
    }

    private Parts Get(Neighbour from, ushort id)
    {
        if (_parts.TryGetValue((from, id), out var known)) return known;
        if (_parts.Keys.Count(key => key.From == from) >= MostForNeighbour) RemoveOldest(key => key.From == from);
        else if (_parts.Count >= MostInAll) RemoveOldest(_ => true);
        return _parts[(from, id)] = new Parts();
    }

    private void RemoveOldest(Func<(Neighbour From, ushort Id), bool> among) =>
        _parts.Remove(_parts.Where(one => among(one.Key)).MinBy(one => one.Value.Order).Key);

    /// <summary>The pieces of one envelope.</summary>
    private sealed class Parts
    {
        private readonly SortedDictionary<byte, byte[]> _pieces = [];
        private int _size;
        private int _last = -1;

        public long Order { get; set; }

        public byte[]? Whole { get; set; }

        public TimeSpan BornAt { get; set; }

        /// <returns>False when it contradicts those that are here.</returns>
        public bool Add(in FragmentName name, ReadOnlySpan<byte> bytes)
        {
            if (name.IsLast ? _last >= 0 && _last != name.Index : _size > 0 && _size != bytes.Length) return false;
            if (_last >= 0 && name.Index > _last) return false;
            if (_pieces.TryGetValue(name.Index, out var known)) return known.AsSpan().SequenceEqual(bytes);
            if (name.Index > (Envelope.MaxSize / Math.Max(1, name.IsLast ? _size : bytes.Length))) return false;
            if (name.IsLast) _last = name.Index;
            else _size = bytes.Length;
            _pieces.Add(name.Index, bytes.ToArray());
            return true;
        }

        /// <returns>Null while one is missing.</returns>
        public byte[]? Join()
        {
            if (_last < 0 || _pieces.Count != _last + 1 || _pieces.Keys.Last() != _last) return null;
            var whole = new byte[_pieces.Values.Sum(piece => piece.Length)];
            var at = 0;
            foreach (var piece in _pieces.Values)
            {
                piece.CopyTo(whole, at);
                at += piece.Length;
            }

            return whole.Length <= Envelope.MaxSize ? whole : null;
        }

        public (byte FirstMissing, byte[] Bitmap) Tell()
        {
            var first = 0;
            while (_pieces.ContainsKey((byte)first) && first < FragmentId.MaxFragments - 1) first++;
            var highest = _pieces.Count == 0 ? 0 : _pieces.Keys.Last();
            if (highest <= first) return ((byte)first, []);
            var bitmap = new byte[((highest - first - 1) / 8) + 1];
            foreach (var index in _pieces.Keys.Where(index => index > first)) bitmap[(index - first - 1) >> 3] |= (byte)(1 << ((index - first - 1) & 7));
            return ((byte)first, bitmap);
        }
    }
}
