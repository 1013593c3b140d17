using System.Buffers;
using System.Text;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Exports;

/// <summary>Records as a store gives them, for the tests of the documents.</summary>
internal static class Records
{
    /// <summary>1 December 2026, 14:03:22 in the Netherlands.</summary>
    public static readonly DateTimeOffset Sent = new(2026, 12, 1, 13, 3, 22, TimeSpan.Zero);

    /// <summary>What text of a stranger can be.</summary>
    public static readonly IReadOnlyList<string> Hostile =
    [
        "=HYPERLINK(\"http://x\";\"klik\")", "+31612345678", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", " =1+1", "\"=1+1", "'=1+1",
        "hal;=1+1", "hal,=1+1", "hal\"\r\n\"=1+1\";", "hal\t@x", "<script>alert(1)</script>", "</td></tr></table><h1>x", "\" onload=\"x", "]]>&lt;&amp;", "&#x3C;b>", "${x} {{x}} {0} %s",
        "\u202Etxet\u202C", "\u2066a\u2069", "nul\0bel\u0007esc\u001B[31m", "zero\u200Bwidth\uFEFF", "half \uD83D", "\uDC00 half", "\uFFFE\uFFFF", "א עברית", "👨‍👩‍👧 gezin", "1-2", "12E3", "00123", "1,--", "-1,+2",
        "a\u0085b\u2028c\u2029d", new string('x', 500), new string('\u202E', 500), string.Concat(Enumerable.Repeat("\"", 500)), "", " ",
    ];

    public static OpenedRecord Of(RecordMessage message, ulong sequence = 4711, ushort origin = 11, MessageState state = MessageState.Ontvangen, string? reference = null, bool isReadable = true)
    {
        message = message.SentAt is null ? message with { SentAt = Moment.From(Sent, trusted: true) } : message;
        return new OpenedRecord(Envelope(message, sequence, origin, state, reference), isReadable ? message : null);
    }

    public static StoredEnvelope Envelope(RecordMessage message, ulong sequence, ushort origin, MessageState state = MessageState.Ontvangen, string? reference = null)
    {
        var mode = message is Bulletin ? SealMode.Signature : SealMode.Sealed;
        var header = new EnvelopeHeader(0, mode, message.Type, message.Priority, message.Exercise, origin, Sequence.Low(sequence), 0);
        return new StoredEnvelope(
            new EnvelopeKey(origin, Series.Records, sequence), header, new byte[16], TimeSpan.Zero, Sent.AddSeconds(5), Custody: false, state, Delivered: true, Announced: true, null, reference);
    }

    public static RecordFacts Facts(RecordMessage message, params OpenedRecord[] amends) => RecordFacts.Of(Of(message), Amendments.From(amends.Reverse(), desk: 1));

    /// <summary>An amend about the record that <see cref="Of"/> makes.</summary>
    public static OpenedRecord Amend(AmendKind kind, string? text = null, ulong sequence = 5000, Exercise exercise = Exercise.Actueel, ushort origin = 11) =>
        Of(new Amend { ForSite = 11, ForSequence = 4711, Kind = kind, Text = text, Exercise = exercise }, sequence, origin);

    /// <summary>A document with these records.</summary>
    public static string Write(RecordDocument document, params IEnumerable<RecordFacts> facts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        document.Begin(buffer);
        foreach (var one in facts) document.Add(buffer, one);
        document.End(buffer, 0);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Every kind of record with this text in every field that takes one.</summary>
    public static IEnumerable<OpenedRecord> Everywhere(string text)
    {
        yield return Of(new Melding { Text = text, Location = new TextLocation(text), Category = 3 }, reference: text);
        yield return Of(new Hulpvraag { Text = text, Location = new TextLocation(text), Category = 250 }, 4712, reference: text);
        yield return Of(new Hulpaanbod { Text = text, Location = new TextLocation(text), AvailableHours = 5 }, 4713, reference: text);
    }
}
