using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>
/// <see cref="NodeKeys"/> in as few bytes as it takes, in one way only. Short, because it goes into a QR code.
/// <code>
/// 1 version, 1
/// 1 flags: bits 0-1 role (3: not said), 2 region's key, 4 authority's public key, 8 its private key
/// 2 site, 0 when not said
/// 1 epoch that is sealed in
/// 1 number of epochs
/// 32 region's key, or for each epoch: 1 epoch, 32 site key, 32 network key
/// 33 or 32 authority
/// 1 length, name; 1 length, region
/// </code>
/// </summary>
internal static class NodeKeysCode
{
    /// <summary>Most bytes of a name.</summary>
    public const int LongestName = 240;

    private const byte Version = 1;
    private const byte NoRole = 3;
    private const byte HasRegion = 4;
    private const byte HasPublic = 8;
    private const byte HasPrivate = 16;

    public static byte[] Encode(NodeKeys keys)
    {
        var flags = (byte)((byte?)keys.Role ?? NoRole);
        if (keys.RegionKey is not null) flags |= HasRegion;
        if (keys.Authority is { } any) flags |= any.IsPrivate ? HasPrivate : HasPublic;
        var site = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(site, keys.Site);
        using var code = new MemoryStream();
        code.Write([Version, flags, .. site, keys.Epoch, (byte)keys.Epochs.Count]);
        code.Write(keys.RegionKey);
        foreach (var epoch in keys.Epochs) code.Write([epoch.Epoch, .. epoch.SiteKey, .. epoch.NetworkKey]);
        if (keys.Authority is { } authority) code.Write(authority.IsPrivate ? authority.Private() : authority.Public());
        foreach (var name in new[] { keys.Name, keys.Region })
        {
            var text = Encoding.UTF8.GetBytes(name);
            code.WriteByte(checked((byte)text.Length));
            code.Write(text);
        }

        var bytes = code.ToArray();
        CryptographicOperations.ZeroMemory(code.GetBuffer());
        return bytes;
    }

    /// <returns>Null when this is not what <see cref="Encode"/> writes.</returns>
    public static NodeKeys? Decode(ReadOnlySpan<byte> code)
    {
        var rest = new Rest(code);
        var head = rest.Take(6);
        if (head.Length == 0 || head[0] != Version || (head[1] & ~31) != 0 || (head[1] & (HasPublic | HasPrivate)) == (HasPublic | HasPrivate)) return null;
        var (flags, epoch, count) = (head[1], head[4], head[5]);
        var region = (flags & HasRegion) != 0 ? rest.Take(KeyRing.KeySize).ToArray() : null;
        var epochs = new List<EpochKeys>();
        for (var i = 0; i < Math.Min((int)count, NodeKeys.MostEpochs); i++)
            epochs.Add(new EpochKeys(rest.Take(1) is [var one] ? one : byte.MaxValue, rest.Take(KeyRing.KeySize).ToArray(), rest.Take(KeyRing.KeySize).ToArray()));
        var authority = (flags & HasPrivate) != 0 ? AuthorityKey.FromPrivate(rest.Take(AuthorityKey.PrivateSize))
            : (flags & HasPublic) != 0 ? AuthorityKey.FromPublic(rest.Take(AuthorityKey.PublicSize)) : null;
        var (name, regionName) = (rest.Text(), rest.Text());
        if (!rest.IsAtEnd || (authority is null && (flags & (HasPublic | HasPrivate)) != 0)) return null;
        var keys = new NodeKeys
        {
            Site = BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            Role = (flags & NoRole) == NoRole ? null : (Role)(flags & NoRole),
            Name = name,
            Region = regionName,
            Epoch = epoch,
            RegionKey = region,
            Epochs = epochs,
            Authority = authority,
        };
        return IsWhole(keys, count) ? keys : null;
    }

    private static bool IsWhole(NodeKeys keys, int count) =>
        keys.Epoch <= KeyRing.MaxEpoch && count == keys.Epochs.Count && keys.Epochs.All(one => one.Epoch <= KeyRing.MaxEpoch)
        && (keys.RegionKey is not null ? count == 0 : keys.Site != 0 && keys.Epochs.Count(one => one.Epoch == keys.Epoch) == 1);

    /// <summary>What was not read yet; reading beyond the end gives nothing, and then it is never at its end.</summary>
    private ref struct Rest(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _bytes = bytes;
        private bool _ranOut;

        public readonly bool IsAtEnd => !_ranOut && _bytes.IsEmpty;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (_bytes.Length < count)
            {
                _ranOut = true;
                return default;
            }

            var taken = _bytes[..count];
            _bytes = _bytes[count..];
            return taken;
        }

        public string Text() => Encoding.UTF8.GetString(Take(Take(1) is [var length] ? length : 0));
    }
}
