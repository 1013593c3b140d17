using System.CommandLine;
using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>report --exercise NAME</c>: what an exercise taught, as a page and as a table.</summary>
internal sealed class ExerciseReport(CommonOptions common, VerbContext context)
{
    private readonly Option<string?> _name = new("--exercise") { Description = "Instead of the situation report, the evaluation of this exercise.", HelpName = "NAME" };
    private readonly Option<string?> _html = new("--html") { Description = "Where the evaluation goes as a page.", HelpName = "FILE" };
    private readonly Option<string?> _csv = new("--csv") { Description = "Where the evaluation goes as tables for Excel.", HelpName = "FILE" };

    public void AddTo(Command verb)
    {
        verb.Add(_name);
        verb.Add(_html);
        verb.Add(_csv);
    }

    /// <summary>Whether an evaluation is asked.</summary>
    public bool IsAsked(ParseResult line) => line.GetValue(_name) is not null || line.GetValue(_html) is not null || line.GetValue(_csv) is not null;

    public async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (line.GetValue(_name) is not { } name) return CourierVerb.Fail(context, "Zeg met --exercise NAAM van welke oefening.", ExitCode.Wrong);
        if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        using var orders = new NodeOrders(configuration, context);
        var (document, problem) = await orders.AskAsync(OperatorDocument.Evaluate, ExerciseVerb.OrderOf(name), cancellationToken).ConfigureAwait(false);
        if (problem is null && document is null) (document, problem) = FromFiles(configuration, orders, name);
        if (problem is not null) return CourierVerb.Fail(context, problem);
        try
        {
            using var parsed = JsonDocument.Parse(document!);
            var json = parsed.RootElement;
            var (html, csv) = (json.GetProperty("html").GetBytesFromBase64(), json.GetProperty("csv").GetBytesFromBase64());
            if (line.GetValue(_html) is { } page) await File.WriteAllBytesAsync(page, html, cancellationToken).ConfigureAwait(false);
            if (line.GetValue(_csv) is { } table) await File.WriteAllBytesAsync(table, csv, cancellationToken).ConfigureAwait(false);
            if (line.GetValue(_html) is null && line.GetValue(_csv) is null) await context.Out.WriteAsync(Encoding.UTF8.GetString(csv).TrimStart('\uFEFF')).ConfigureAwait(false);
            else await context.Out.WriteLineAsync(json.GetProperty("summary").GetString()).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CourierVerb.Fail(context, $"Het bestand is niet te schrijven: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return CourierVerb.Fail(context, "Het antwoord is niet te lezen.");
        }
    }

    private (byte[]? Document, string? Problem) FromFiles(Configuration.RelayConfiguration configuration, NodeOrders orders, string name)
    {
        var (store, _, problem) = orders.OpenStore();
        if (store is null) return (null, problem);
        using (store)
        {
            try
            {
                var book = new ExerciseBook(configuration.DataFolder);
                if (book.Find(name) is not { } exercise) return (null, "Een oefening met die naam is hier niet.");
                return (OperatorDocument.Of(Evaluation.Of(exercise, configuration.Site, JournalFile.Read(book.Folder, exercise.Number), store.AllDelivered(), context.Time.GetUtcNow())), null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutboxException)
            {
                return (null, $"Dat lukt nu niet: {e.Message}");
            }
        }
    }
}
