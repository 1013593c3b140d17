using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>forget ID</c> and <c>erase</c>: for who answers for personal data. Nothing that somebody is still owed goes.</summary>
internal sealed class EraseVerb
{
    private const int MostDays = 3_650;

    private readonly Argument<string> _id = new("ID") { Description = "The number of a message, as 11-4711." };
    private readonly Option<ulong?> _days = WholeNumber.Option("--older-than", "DAYS", $"Erase what is older than so many days; 1 to {MostDays}.", 1, MostDays);
    private readonly Option<bool> _quarantine = new("--quarantine") { Description = "Erase the broken stores that were put aside too; what could be read of them was taken over when that happened." };
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private EraseVerb(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb CreateForget(CommonOptions common, VerbContext context)
    {
        var erase = new EraseVerb(common, context);
        var verb = new Verb("forget", "Erase one message from this node for good, with what was said later about it. Exit code 3 when it is still on its way and stays, 1 when it is not here.", "forget 11-4711");
        verb.Add(erase._id);
        verb.SetAction((line, cancellationToken) => MessageId.Parse(line.GetValue(erase._id)!) is { Series: Series.Records } key
            ? erase.RunAsync(line, key, null, quarantine: false, cancellationToken)
            : Task.FromResult(CourierVerb.Fail(context, $"'{line.GetValue(erase._id)}' is geen nummer van een bericht; schrijf het als 11-4711.", ExitCode.Wrong)));
        return verb;
    }

    public static Verb CreateErase(CommonOptions common, VerbContext context)
    {
        var erase = new EraseVerb(common, context);
        var verb = new Verb("erase", "Erase old messages and released situation reports from this node for good. Exit code 3 when some are still on their way and stay.", "erase --older-than 30", "erase --older-than 1 --quarantine");
        verb.Add(erase._days);
        verb.Add(erase._quarantine);
        verb.SetAction((line, cancellationToken) => line.GetValue(erase._days) is null && !line.GetValue(erase._quarantine)
            ? Task.FromResult(CourierVerb.Fail(context, "Zeg met --older-than DAGEN hoe oud, of met --quarantine dat kapotte opslagen weg moeten.", ExitCode.Wrong))
            : erase.RunAsync(line, null, (int?)line.GetValue(erase._days), line.GetValue(erase._quarantine), cancellationToken));
        return verb;
    }

    private async Task<int> RunAsync(ParseResult line, EnvelopeKey? key, int? days, bool quarantine, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        using var orders = new NodeOrders(configuration, _context);
        var answer = await orders.AskAsync(OperatorDocument.Erase, OrderOf(key, days, quarantine), cancellationToken).ConfigureAwait(false);
        if (answer.Problem is not null) return CourierVerb.Fail(_context, answer.Problem);
        var (report, problem) = answer.IsStopped ? OnStore(configuration, orders, key, days, quarantine) : (OperatorDocument.ReadErasure(answer.Document), null);
        if (report is null || problem is not null) return CourierVerb.Fail(_context, problem ?? "Het antwoord is niet te lezen.");
        if (line.GetValue(_common.Json)) await _context.Out.WriteLineAsync(System.Text.Encoding.UTF8.GetString(OperatorDocument.Of(report))).ConfigureAwait(false);
        else Tell(report, key);
        if (report.Problem is not null || report is { Outcome: ErasureOutcome.NotHere, Words: 0 }) return ExitCode.Failed;
        return report.Kept > 0 ? ExitCode.Degraded : ExitCode.Ok;
    }

    private static byte[] OrderOf(EnvelopeKey? key, int? days, bool quarantine) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        if (key is { } only) json.WriteString("id", only.ToString());
        if (days is { } number) json.WriteNumber("days", number);
        json.WriteBoolean("quarantine", quarantine);
        json.WriteEndObject();
    });

    private (ErasureReport? Report, string? Problem) OnStore(RelayConfiguration configuration, NodeOrders orders, EnvelopeKey? key, int? days, bool quarantine)
    {
        var (store, now, problem) = orders.OpenStore();
        if (store is null) return (null, problem);
        var papers = new SitrapArchive(configuration.DataFolder);
        using (store)
        {
            try
            {
                var (outcome, erased, kept, words, gone, place) = (ErasureOutcome.Erased, 0, 0, 0, 0, 0L);
                if (key is { } only)
                {
                    using var keys = CommonOptions.LoadKeys(configuration, _context);
                    if (keys is null) return (null, "De sleutels van dit punt zijn niet te lezen: zonder die is niet te zien wat er later over dit bericht is gezegd. Er is niets gewist.");
                    outcome = store.Erase(only);
                    (erased, kept) = (outcome == ErasureOutcome.Erased ? 1 : 0, outcome == ErasureOutcome.StillOwed ? 1 : 0);
                    if (outcome != ErasureOutcome.StillOwed) EraseWords(store, only, keys, ref words, ref kept);
                    erased += words;
                }

                if (days is { } number)
                {
                    var age = TimeSpan.FromDays(number);
                    while (place < long.MaxValue) erased += store.EraseOlder(new ErasureCut(now - age, _context.Time.GetUtcNow() - age), ref place, ref kept).Count;
                    gone = papers.Erase(new ErasureCut(now - age, _context.Time.GetUtcNow() - age));
                }

                var stores = quarantine ? store.EraseQuarantine() : 0;
                store.Checkpoint();
                return (new ErasureReport(outcome, erased, kept, stores, store.BrokenStores, null) { Words = words, Papers = gone, PapersLeft = papers.Count }, null);
            }
            catch (Exception e) when (e is OutboxException or IOException or UnauthorizedAccessException)
            {
                return (null, $"Het wissen is niet gelukt: {e.Message}");
            }
        }
    }

    private static void EraseWords(SqliteOutbox store, EnvelopeKey record, KeyRing keys, ref int words, ref int kept)
    {
        for (var place = long.MaxValue; place > 0;)
        {
            foreach (var word in store.FindWords(record, keys, ref place))
            {
                var outcome = store.Erase(word);
                if (outcome == ErasureOutcome.Erased) words++;
                if (outcome == ErasureOutcome.StillOwed) kept++;
            }
        }
    }

    private void Tell(ErasureReport report, EnvelopeKey? key)
    {
        if (key is not null)
        {
            _context.Out.WriteLine(report.Outcome switch
            {
                ErasureOutcome.Erased => $"Bericht {key} is van dit punt gewist.",
                ErasureOutcome.StillOwed => $"Bericht {key} is nog onderweg en is NIET gewist: de meldkamer heeft het nog niet bevestigd. Probeer het opnieuw als dat zo is.",
                _ => $"Bericht {key} is niet op dit punt.",
            });
            if (report.Words > 0) _context.Out.WriteLine($"Wat er later over is gezegd (aanvullingen, correcties, vragen), is ook gewist: {report.Words}.");
            if (report.Kept > 0 && report.Outcome != ErasureOutcome.StillOwed) _context.Out.WriteLine($"NIET gewist: {report.Kept} aanvullingen of correcties erbij die nog onderweg zijn. Probeer het opnieuw als de meldkamer ze heeft.");
            if (report.PapersLeft > 0) _context.Out.WriteLine($"LET OP: hier liggen {report.PapersLeft} vrijgegeven situatierapporten (map sitraps). Daar kunnen woorden uit dit bericht in staan. Wis ze met: erase --older-than DAGEN");
        }
        else
        {
            _context.Out.WriteLine($"Gewist: {report.Erased} berichten, {report.Papers} vrijgegeven situatierapporten en {report.Stores} kapotte opslagen.");
            if (report.Kept > 0) _context.Out.WriteLine($"NIET gewist: {report.Kept} berichten die nog onderweg zijn. Probeer het opnieuw als de meldkamer ze heeft.");
        }

        if (report.StoresLeft > 0) _context.Out.WriteLine($"LET OP: er liggen nog {report.StoresLeft} kapotte opslagen in de map quarantine; daar kan het ook in staan. Wis ze met: erase --quarantine");
        if (report.Problem is { } problem) _context.Out.WriteLine($"NIET klaar: {problem}");
        _context.Out.WriteLine("Andere punten, de meldkamer, bestanden van een koerier en uitvoer (CSV) hebben hun eigen kopie; wis die daar.");
    }
}
