using System.Globalization;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

/// <summary>What a frame says, one line an item: for tests to compare, and as the golden vectors list it.</summary>
internal static class FrameText
{
    /// <summary>Adds one item that <see cref="Read"/> wrote.</summary>
    /// <returns>Whether it fitted.</returns>
    public static bool Add(FrameWriter writer, string item)
    {
        var words = item.Split(' ');
        switch (words[0])
        {
            case "envelope": return writer.TryAddEnvelope(Bytes(words[3]), Number(words[2]));
            case "acknowledgement":
                var sequences = words[3].Split(',').Select(word => (uint)Number(word)).ToArray();
                return writer.AddAcknowledgements((ushort)Number(words[1]), Enum.Parse<Series>(words[2], true), sequences) == sequences.Length;
            case "beacon":
                return writer.TryAddBeacon(new Beacon((byte)Number(words[2]), words.Contains("asks"), (byte)Number(words[4]), (ushort)Number(words[6]), (int)Number(words[8])) { IsAhead = words.Contains("ahead") });
            case "fragment":
                var name = new FragmentName((ushort)Number(words[1]), (byte)Number(words[2]), words.Contains("last"));
                return writer.TryAddFragment(name, Bytes(words[5]), name.IsLast || Number(words[4]) > 0 ? Number(words[4]) : null);
            default: return writer.TryAddParts((ushort)Number(words[1]), (byte)Number(words[3]), Bytes(words[5]));
        }
    }

    /// <summary>All items up to the end, or to what cannot be read.</summary>
    public static List<string> Read(ref FrameReader reader)
    {
        List<string> items = [];
        for (var item = reader.Next(); item != FrameItem.End; item = reader.Next())
        {
            // Those of one origin and series stand together.
            if (item == FrameItem.Acknowledgement && items.Count > 0 && items[^1].StartsWith(StartOf(reader.Acknowledgement), StringComparison.Ordinal)) items[^1] += $",{reader.Acknowledgement.SequenceLow}";
            else items.Add(Of(item, ref reader));
        }

        return items;
    }

    /// <summary>The item that the reader stands at.</summary>
    public static string Of(FrameItem item, ref FrameReader reader) => item switch
    {
        FrameItem.Acknowledgement => $"{StartOf(reader.Acknowledgement)}{reader.Acknowledgement.SequenceLow}",
        FrameItem.Envelope => $"envelope age {reader.AgeSeconds} {Hex(reader.Envelope)}",
        FrameItem.Beacon => $"beacon role {reader.Beacon.Role} distance {reader.Beacon.Distance} via {reader.Beacon.Via} period {reader.Beacon.PeriodSeconds}{(reader.Beacon.Asks ? " asks" : "")}{(reader.Beacon.IsAhead ? " ahead" : "")}",
        FrameItem.Fragment => $"fragment {reader.Fragment.Id} {reader.Fragment.Index} age {reader.AgeSeconds} {Hex(reader.Bytes)}{(reader.Fragment.IsLast ? " last" : "")}",
        FrameItem.Parts => $"parts {reader.Fragment.Id} missing {reader.Fragment.Index} bitmap {Hex(reader.Bytes)}",
        _ => "unreadable",
    };

    private static string StartOf(in HopAcknowledgement name) => $"acknowledgement {name.Origin} {name.Series.ToString().ToLowerInvariant()} ";

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
