using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>A message of the exercise. Durations are from its intake here, in node time; of another site's message from its birth.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Priority">1 to 4.</param>
/// <param name="Site">Its origin.</param>
/// <param name="At">Wall clock of intake or arrival here.</param>
/// <param name="Ms">Node time of that; null when the journal does not have it.</param>
/// <param name="Sent">Until the next node had it.</param>
/// <param name="Received">Until the meldkamer had it.</param>
/// <param name="TakenUp">From intake or arrival here until a person took it up.</param>
/// <param name="Link">The link over which it last left before it was received; null when it did not leave here.</param>
/// <param name="Sends">How often it left.</param>
/// <param name="State">The last that is known.</param>
/// <param name="Reference">The desk's own number, when it was taken up.</param>
internal sealed record MessageRow(
    string Id, string Type, int Priority, int Site, DateTimeOffset At, long? Ms, TimeSpan? Sent, TimeSpan? Received, TimeSpan? TakenUp, string? Link, int Sends, string State, string? Reference);

/// <summary>How fast messages of a priority came through over a link.</summary>
internal sealed record DeliveryRow(int Priority, string? Link, int Count, int Delivered, TimeSpan? Median, TimeSpan? Slowest);

/// <summary>A time that a link was down, in node time.</summary>
/// <param name="Until">Null when it was so at the end.</param>
internal sealed record OutageRow(string Link, DateTimeOffset At, long From, long? Until, TimeSpan Lasted, string? Reason);

/// <summary>The way to the meldkamer changed; null is no way.</summary>
internal sealed record SwitchRow(DateTimeOffset At, long Ms, string? From, string? To);

/// <summary>What left over a link.</summary>
/// <param name="Repeats">Records that left over it and had left before, over any link.</param>
internal sealed record LinkRow(string Link, int Frames, long Bytes, TimeSpan? Air, int Records, int Repeats);

/// <summary>What was missing of a site at the end.</summary>
internal sealed record GapRow(int Site, long Missing, string Numbers);

/// <summary>
/// What an exercise teaches, from its journal and the records in the store. A pure function of them: it can be made anew at any time, on any
/// machine. Messages that were real are counted and otherwise not in it.
/// </summary>
internal sealed record Evaluation(
    ExerciseEntry Exercise, Site Site, IReadOnlyList<MessageRow> Messages, IReadOnlyList<DeliveryRow> Delivery, IReadOnlyList<OutageRow> Outages,
    IReadOnlyList<SwitchRow> Switches, IReadOnlyList<LinkRow> Links, IReadOnlyList<GapRow> Gaps)
{
    private const string Melding = "melding", Hulpvraag = "hulpvraag";

    /// <summary>Node time of the first and the last line, in milliseconds.</summary>
    public (long First, long Last) Span { get; private init; }

    /// <summary>Real messages in that time.</summary>
    public int Real { get; private init; }

    /// <summary>What is wrong with the journal, in words; empty when nothing is.</summary>
    public IReadOnlyList<string> Remarks { get; private init; } = [];

    /// <summary>Meldingen and hulpvragen that nobody took up.</summary>
    public IEnumerable<MessageRow> Unanswered => Messages.Where(row => row.Type is Melding or Hulpvraag && row.TakenUp is null && row.State != MessageDocument.NameOf(MessageState.InBehandeling));

    /// <summary>Messages of which it is not known here that the meldkamer has them. What is not confirmed by it is no loss: bulletins come from it, of a status only the newest counts, and its own it has.</summary>
    public IEnumerable<MessageRow> Undelivered => Messages.Where(row => IsConfirmed(row, Site) && row.Received is null && row.State != MessageDocument.NameOf(MessageState.Ontvangen) && row.State != MessageDocument.NameOf(MessageState.InBehandeling));

    /// <summary>Makes it.</summary>
    /// <param name="exercise">Which one.</param>
    /// <param name="site">Whose journal it is.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="records">Records of this node's store; those that are not of the exercise are left out.</param>
    /// <param name="now">Wall clock, for an exercise that goes on.</param>
    public static Evaluation Of(ExerciseEntry exercise, Site site, JournalContents journal, IEnumerable<StoredEnvelope> records, DateTimeOffset now)
    {
        var lines = journal.Lines;
        var sends = SendsByRecord(lines);
        var inStore = records.Where(record => record.Header.Exercise != Wire.Messages.Exercise.Actueel && record.ReceivedAt >= exercise.Began && record.ReceivedAt <= (exercise.Ended ?? now))
            .ToDictionary(record => record.Key.ToString());
        var progress = lines.Where(line => line.Event == JournalEvents.Progress && line.Id is not null).ToLookup(line => line.Id!);
        var told = lines.Where(line => line.Event == JournalEvents.Message && line.Id is not null).DistinctBy(line => line.Id).ToList();
        var known = told.Select(line => line.Id).ToHashSet();
        List<MessageRow> rows =
        [
            .. told.Where(line => line.Kind != "actueel").Select(line => RowOf(line, site, progress[line.Id!], sends.GetValueOrDefault(Plain(line.Id!)) ?? [], inStore.GetValueOrDefault(line.Id!))),
            .. inStore.Values.Where(record => !known.Contains(record.Key.ToString())).Select(RowOf),
        ];
        rows.Sort((a, b) => a.At.CompareTo(b.At));
        var (first, last) = lines.Count == 0 ? (0, 0) : (lines[0].Ms, lines[^1].Ms);
        return new Evaluation(exercise, site, rows, DeliveryOf([.. rows.Where(row => IsConfirmed(row, site))]), OutagesOf(lines, last), SwitchesOf(lines), LinksOf(lines, sends), GapsOf(lines))
        {
            Span = (first, last),
            Real = told.Count(line => line.Kind == "actueel"),
            Remarks = RemarksOf(journal, rows.Count(row => row.Ms is null)),
        };
    }

    /// <summary>The id without its life, as the header of an envelope tells it.</summary>
    private static string Plain(string id) => id.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? string.Concat(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal) + 1), id.AsSpan(dot + 1)) : id;

    private static Dictionary<string, List<JournalLine>> SendsByRecord(IReadOnlyList<JournalLine> lines)
    {
        var sends = new Dictionary<string, List<JournalLine>>();
        foreach (var line in lines.Where(line => line.Event == JournalEvents.Send))
        {
            foreach (var id in line.Ids ?? [])
            {
                if (!sends.TryGetValue(id, out var list)) sends[id] = list = [];
                list.Add(line);
            }
        }

        return sends;
    }

    private static MessageRow RowOf(JournalLine line, Site site, IEnumerable<JournalLine> steps, List<JournalLine> sends, StoredEnvelope? record)
    {
        var all = steps.ToList();
        long? When(params ReadOnlySpan<MessageState> states)
        {
            foreach (var step in all)
                foreach (var state in states)
                    if (step.State == MessageDocument.NameOf(state)) return step.Ms;
            return null;
        }

        TimeSpan? Since(long? then) => then is { } moment ? TimeSpan.FromMilliseconds(moment - line.Ms) : null;
        var arrived = line.State == MessageDocument.NameOf(MessageState.Ontvangen);
        var receivedAt = arrived ? line.Ms : When(MessageState.Ontvangen, MessageState.InBehandeling);
        var received = arrived ? TimeSpan.FromMilliseconds(line.Age ?? 0) : Since(receivedAt);
        var carrier = sends.LastOrDefault(send => receivedAt is null || send.Ms <= receivedAt) ?? sends.FirstOrDefault();
        var state = record is not null ? MessageDocument.NameOf(record.State) : all is [.., var last] ? last.State! : line.State ?? "";
        return new MessageRow(
            line.Id!, line.Type ?? "", line.Priority ?? 0, line.Site ?? site.Id, line.At, line.Ms, Since(When(MessageState.Verzonden)), received,
            Since(When(MessageState.InBehandeling)), carrier?.Link, sends.Count, state, NumberOf(record));
    }

    /// <summary>Of a record that the journal does not have only the store's word is known.</summary>
    private static MessageRow RowOf(StoredEnvelope record) => new(
        record.Key.ToString(), MessageDocument.NameOf(record.Header.Type), record.Header.Priority, record.Key.Origin, record.ReceivedAt, null, null, null, null, null, 0,
        MessageDocument.NameOf(record.State), NumberOf(record));

    /// <summary>What the desk said beside its number, or in its place, is no number.</summary>
    private static string? NumberOf(StoredEnvelope? record) => DeskWord.Read(record?.Reference).Number is { Length: > 0 } number ? number : null;

    /// <summary>Whether the meldkamer confirms it to who made it.</summary>
    private static bool IsConfirmed(MessageRow row, Site site) => row.Type is not ("status" or "bulletin") && !(site.Role == Role.Meldkamer && row.Site == site.Id);

    private static List<DeliveryRow> DeliveryOf(List<MessageRow> rows) =>
    [
        .. rows.GroupBy(row => (row.Priority, row.Link)).OrderBy(group => group.Key.Priority).ThenBy(group => group.Key.Link, StringComparer.Ordinal).Select(group =>
        {
            var times = group.Select(row => row.Received).OfType<TimeSpan>().Order().ToList();
            return new DeliveryRow(group.Key.Priority, group.Key.Link, group.Count(), times.Count, times.Count == 0 ? null : times[(times.Count - 1) / 2], times.Count == 0 ? null : times[^1]);
        }),
    ];

    private static List<OutageRow> OutagesOf(IReadOnlyList<JournalLine> lines, long last)
    {
        var (outages, open) = (new List<OutageRow>(), new Dictionary<string, JournalLine>());
        foreach (var line in lines.Where(line => line.Event == JournalEvents.Link && line.Link is not null))
        {
            if (line.Up != true) open.TryAdd(line.Link!, line);
            else if (open.Remove(line.Link!, out var began)) outages.Add(Outage(began, line.Ms, line.Ms));
        }

        outages.AddRange(open.Values.Select(began => Outage(began, null, last)));
        return [.. outages.OrderBy(outage => outage.From)];
    }

    private static OutageRow Outage(JournalLine began, long? until, long end) =>
        new(began.Link!, began.At, began.Ms, until, TimeSpan.FromMilliseconds(end - began.Ms), began.Reason);

    /// <summary>The first line says what the way was to begin with.</summary>
    private static List<SwitchRow> SwitchesOf(IReadOnlyList<JournalLine> lines)
    {
        var ways = lines.Where(line => line.Event == JournalEvents.Way).ToList();
        return [.. ways.Zip(ways.Skip(1), (before, after) => new SwitchRow(after.At, after.Ms, before.Link, after.Link)).Where(row => row.From != row.To)];
    }

    private static List<LinkRow> LinksOf(IReadOnlyList<JournalLine> lines, Dictionary<string, List<JournalLine>> sends)
    {
        var repeats = sends.Values.SelectMany(list => list.Skip(1)).CountBy(line => line.Link ?? "").ToDictionary();
        return
        [
            .. lines.Where(line => line is { Event: JournalEvents.Send, Link: not null }).GroupBy(line => line.Link!).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new LinkRow(
                group.Key, group.Count(), group.Sum(line => (long)(line.Bytes ?? 0)), group.Any(line => line.Air is not null) ? TimeSpan.FromMicroseconds(group.Sum(line => line.Air ?? 0)) : null,
                group.Sum(line => line.Ids?.Count ?? 0), repeats.GetValueOrDefault(group.Key))),
        ];
    }

    private static List<GapRow> GapsOf(IReadOnlyList<JournalLine> lines) =>
    [
        .. lines.Where(line => line is { Event: JournalEvents.Gaps, Site: not null }).GroupBy(line => line.Site!.Value).OrderBy(group => group.Key)
            .Select(group => new GapRow(group.Key, group.Last().Missing ?? 0, group.Last().Gaps ?? "")).Where(gap => gap.Missing > 0),
    ];

    private static List<string> RemarksOf(JournalContents journal, int onlyInStore)
    {
        var remarks = new List<string>();
        var lines = journal.Lines;
        if (lines.Count == 0) remarks.Add("Er is geen journaal: tijden, verbindingen en herhalingen zijn niet bekend.");
        else if (lines[0].N > 0) remarks.Add($"Het journaal was vol: de eerste {lines[0].N} regels zijn weggevallen.");
        if (lines.Where(line => line.Event == JournalEvents.Lost).Sum(line => line.Missing ?? 0) is > 0 and var lost) remarks.Add($"{lost} regels zijn niet opgeschreven, omdat de schijf het niet bijhield.");
        if (journal.Unreadable > 0) remarks.Add($"{journal.Unreadable} regels zijn niet te lezen.");
        if (lines.Count(line => line.Event == JournalEvents.Begins) - 1 is > 0 and var restarts) remarks.Add($"Dit punt is tijdens de oefening {restarts} keer opnieuw gestart.");
        if (onlyInStore > 0) remarks.Add($"Van {onlyInStore} berichten staat alleen in de opslag dat ze er waren, niet hoe lang ze erover deden.");
        return remarks;
    }
}
