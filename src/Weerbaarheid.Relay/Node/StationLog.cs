using System.Globalization;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Node;

/// <summary>The log of transmissions that an amateur station keeps: when, how long, and what kinds of things; not what they say.</summary>
internal sealed class StationLog(KeyRing keys, TimeProvider time, ILogger log)
{
    public void Note(LinkDescription link, OutgoingFrame frame) => log.Transmitted(
        link.Name, time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        frame.Bytes.Length, frame.To is { } site ? $"site {site}" : "all", string.Join(", ", Items(link.Form, frame)));

    private List<string> Items(FrameForm form, OutgoingFrame frame)
    {
        var items = new List<string>();
        if (FrameReader.TryOpen(keys, form, frame.Bytes.Span, out var reader) != FrameOutcome.Opened) throw new InvalidOperationException("This node made a frame that it cannot read.");
        while (reader.Next() is var item and not FrameItem.End)
        {
            if (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header))
                items.Add(string.Create(CultureInfo.InvariantCulture, $"{MessageRules.NameOf(header.Type)} of site {header.Origin}"));
            else if (items.Count == 0 || items[^1] != Name(item)) items.Add(Name(item));
        }

        return items;
    }

    private static string Name(FrameItem item) => item switch
    {
        FrameItem.Acknowledgement => "acknowledgements",
        FrameItem.Beacon => "beacon",
        FrameItem.Fragment => "piece of a bulletin or sitrap",
        FrameItem.Parts => "which pieces arrived",
        _ => item.ToString(),
    };
}
