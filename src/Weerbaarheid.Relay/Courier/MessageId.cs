using System.Globalization;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Courier;

/// <summary>The id of a record as people write it.</summary>
internal static class MessageId
{
    /// <summary>Reads <c>11-4711</c>, or <c>11-2.7</c> of a later life of the counter.</summary>
    /// <returns>Null when it is none.</returns>
    public static EnvelopeKey? Parse(string id)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !ushort.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var origin)) return null;
        var name = id[(dash + 1)..];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var life = 0U;
        if (dot >= 0 && !uint.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out life)) return null;
        if (!uint.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        if (life > Sequence.LastLife || number is 0 or >= Sequence.Modulus) return null;
        return new EnvelopeKey(origin, Series.Records, Sequence.Of(life, number));
    }
}
