using System.Text.Json;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>How many records of a type and priority stand where.</summary>
/// <param name="Open">Nobody at the meldkamer took them up.</param>
/// <param name="TakenUp">Somebody did.</param>
/// <param name="Closed">Finished, withdrawn, expired or refused.</param>
internal readonly record struct Standing(int Open, int TakenUp, int Closed)
{
    public int Total => Open + TakenUp + Closed;
}

/// <summary>What a Sitrap says: of what is real, or of an exercise, never of both together.</summary>
internal sealed class SitrapFacts
{
    /// <summary>Open records of priority 1 and 2 that are written out; of more only the number is told.</summary>
    public const int MostUrgent = 60;

    /// <summary>Bulletins that are written out, the newest.</summary>
    public const int MostBulletins = 10;

    private readonly Dictionary<(MessageType Type, byte Priority), Standing> _standings = [];
    private readonly List<RecordFacts>[] _urgent = [[], []];

    private SitrapFacts(Exercise exercise, JsonElement report)
    {
        Exercise = exercise;
        At = report.GetProperty("at").GetDateTimeOffset();
        IsClockTrusted = report.GetProperty("clockTrusted").GetBoolean();
        MissingText = report.GetProperty("missingText").GetString() ?? "";
        Sites = [.. report.GetProperty("sites").EnumerateArray().Select(site => SiteLine.From(site, exercise))];
    }

    public Exercise Exercise { get; }

    /// <summary>The moment of the report that the sites come from.</summary>
    public DateTimeOffset At { get; }

    public bool IsClockTrusted { get; }

    /// <summary>What is missing over all sites, as a sentence.</summary>
    public string MissingText { get; }

    public IReadOnlyList<SiteLine> Sites { get; }

    /// <summary>Open records of priority 1, then 2, the longest waiting first: at most <see cref="MostUrgent"/>.</summary>
    public IReadOnlyList<RecordFacts> Urgent { get; private set; } = [];

    /// <summary>Open records of priority 1 and 2 that are not in <see cref="Urgent"/>.</summary>
    public int UrgentLeftOut { get; private set; }

    /// <summary>Bulletins that hold, newest first, with their identity.</summary>
    public IReadOnlyList<(StoredEnvelope Envelope, Bulletin Bulletin)> Bulletins { get; private set; } = [];

    /// <summary>Records of the other kind: exercise in a real Sitrap, or real in one of an exercise.</summary>
    public int OfOtherKind { get; private set; }

    /// <summary>Records that this version cannot read; they are counted by what their envelopes say.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Records of a type and priority.</summary>
    public Standing Of(MessageType type, byte priority) => _standings.GetValueOrDefault((type, priority));

    /// <summary>Records of a type.</summary>
    public Standing Of(MessageType type)
    {
        var sum = default(Standing);
        for (byte priority = 1; priority <= 4; priority++)
        {
            var one = Of(type, priority);
            sum = new Standing(sum.Open + one.Open, sum.TakenUp + one.TakenUp, sum.Closed + one.Closed);
        }

        return sum;
    }

    /// <summary>Gathers it.</summary>
    /// <param name="newestFirst">All meldingen, hulpvragen and hulpaanbod; read once.</param>
    /// <param name="amendments">What was said later about them.</param>
    /// <param name="bulletins">All bulletins.</param>
    /// <param name="report">The situation report as a node serves it.</param>
    /// <param name="exercise">Of what kind the Sitrap is.</param>
    public static SitrapFacts From(IEnumerable<OpenedRecord> newestFirst, Amendments amendments, IReadOnlyList<OpenedRecord> bulletins, ReadOnlyMemory<byte> report, Exercise exercise)
    {
        using var document = JsonDocument.Parse(report);
        var facts = new SitrapFacts(exercise, document.RootElement);
        foreach (var record in newestFirst) facts.Add(RecordFacts.Of(record, amendments));
        facts.Urgent = [.. facts._urgent.SelectMany(list => list.AsEnumerable().Reverse()).Take(MostUrgent)];
        facts.UrgentLeftOut = facts.Of(MessageType.Melding, 1).Open + facts.Of(MessageType.Melding, 2).Open - facts.Urgent.Count;
        facts.Bulletins = [.. InForce(bulletins, facts.At).Where(one => one.Bulletin.Exercise == exercise).Take(MostBulletins)];
        return facts;
    }

    private void Add(RecordFacts facts)
    {
        if (facts.Exercise != Exercise)
        {
            OfOtherKind++;
            return;
        }

        if (!facts.IsReadable) Unreadable++;
        var header = facts.Envelope.Header;
        var standing = Of(header.Type, header.Priority);
        _standings[(header.Type, header.Priority)] = facts.IsOpen ? standing with { Open = standing.Open + 1 }
            : facts is { Closing: null, Envelope.State: MessageState.InBehandeling } ? standing with { TakenUp = standing.TakenUp + 1 } : standing with { Closed = standing.Closed + 1 };
        if (!facts.IsOpen || header is not { Type: MessageType.Melding, Priority: 1 or 2 }) return;
        // They come newest first, and whoever waits longest must not be the one that is left out.
        var urgent = _urgent[header.Priority - 1];
        if (urgent.Count == MostUrgent) urgent.RemoveAt(0);
        urgent.Add(facts);
    }

    private static IEnumerable<(StoredEnvelope Envelope, Bulletin Bulletin)> InForce(IReadOnlyList<OpenedRecord> bulletins, DateTimeOffset at)
    {
        foreach (var record in bulletins)
        {
            if (record.Message is not Bulletin { Kind: not BulletinKind.Intrekking } bulletin) continue;
            if (CapAlert.SentOf(record.Envelope, bulletin).AddHours(bulletin.ValidHours) <= at) continue;
            if (!bulletins.Any(other => Ends(other, record.Envelope.Key, bulletin))) yield return (record.Envelope, bulletin);
        }
    }

    private static bool Ends(OpenedRecord other, EnvelopeKey key, Bulletin bulletin) =>
        other.Message is Bulletin later && later.Kind != BulletinKind.Nieuw && later.Replaces == bulletin.Number && later.Exercise == bulletin.Exercise
        && other.Envelope.Key.Origin == key.Origin && other.Envelope.Key.Sequence > key.Sequence;
}
