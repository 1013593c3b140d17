using System.CommandLine;
using System.Globalization;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>exercise start</c>, <c>stop</c> and <c>list</c>: while one goes on, all that is handed in at this node is marked OEFENING.</summary>
internal sealed class ExerciseVerb
{
    private readonly Argument<string> _name = new("NAME") { Description = $"Name of the exercise, 1 to {ExerciseBook.LongestName} characters." };
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private ExerciseVerb(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var exercise = new ExerciseVerb(common, context);
        var verb = new Verb("exercise", "Begin, end or list exercises of this node; 'report --exercise NAME' says afterwards what one taught.", "exercise start Waterwolf", "exercise stop", "exercise list --json");
        verb.Add(exercise.Start());
        verb.Add(exercise.OnNode("stop", "End the exercise: what is handed in is real again.", OperatorDocument.Stop, (book, now) => book.Stop(now), "Er is geen oefening bezig."));
        verb.Add(exercise.List());
        return verb;
    }

    /// <summary>An order about an exercise of a name.</summary>
    public static byte[] OrderOf(string? name) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        if (name is not null) json.WriteString("name", name);
        json.WriteEndObject();
    });

    private Verb Start()
    {
        var verb = new Verb("start", "Begin an exercise: from now on everything that is handed in at this node, over its pages and over MQTT, is marked OEFENING.", "exercise start Waterwolf");
        verb.Add(_name);
        verb.SetAction((line, cancellationToken) =>
        {
            var name = line.GetValue(_name)!;
            return !ExerciseBook.IsName(name)
                ? Task.FromResult(CourierVerb.Fail(_context, $"Geef de oefening een naam van 1 tot {ExerciseBook.LongestName} tekens.", ExitCode.Wrong))
                : DoAsync(line, OperatorDocument.Start, OrderOf(name), (book, now) => book.Start(name, now), "Er is nog een oefening bezig. Stop die eerst.", cancellationToken);
        });
        return verb;
    }

    private Verb OnNode(string name, string description, string what, Func<ExerciseBook, DateTimeOffset, ExerciseEntry?> onFiles, string otherwise)
    {
        var verb = new Verb(name, description, $"exercise {name}");
        verb.SetAction((line, cancellationToken) => DoAsync(line, what, OrderOf(null), onFiles, otherwise, cancellationToken));
        return verb;
    }

    private Verb List()
    {
        var verb = new Verb("list", "Show the exercises of this node, the newest last.", "exercise list", "exercise list --json");
        verb.SetAction((line, cancellationToken) => DoAsync(line, OperatorDocument.List, OrderOf(null), null, "", cancellationToken));
        return verb;
    }

    /// <param name="onFiles">What is done when no node runs; null for showing what there is.</param>
    private async Task<int> DoAsync(ParseResult line, string what, byte[] order, Func<ExerciseBook, DateTimeOffset, ExerciseEntry?>? onFiles, string otherwise, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        using var orders = new NodeOrders(configuration, _context);
        var (document, problem) = await orders.AskAsync(what, order, cancellationToken).ConfigureAwait(false);
        if (problem is null && document is null) (document, problem) = OnFiles(configuration.DataFolder, configuration.HttpListen is null, onFiles, otherwise);
        if (problem is not null) return CourierVerb.Fail(_context, problem);
        using var json = NodeJson.Parse(document);
        if (json is null) return CourierVerb.Fail(_context, "Het antwoord is niet te lezen.");
        if (line.GetValue(_common.Json)) await _context.Out.WriteLineAsync(json.OnOneLine).ConfigureAwait(false);
        else Show(json);
        if (what == OperatorDocument.Stop && configuration.Exercise is not null)
            await _context.Error.WriteLineAsync("LET OP: in relay.json staat ook een oefening (exercise). Haal die weg, anders begint zij bij de volgende start opnieuw.").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private (byte[]? Document, string? Problem) OnFiles(string dataFolder, bool isPageOff, Func<ExerciseBook, DateTimeOffset, ExerciseEntry?>? onFiles, string otherwise)
    {
        if (onFiles is not null && isPageOff) return (null, "De pagina van dit punt staat uit (http.listen), en zonder pagina is het niet te bereiken. Zet die aan.");
        try
        {
            var book = new ExerciseBook(dataFolder);
            if (onFiles is null) return (OperatorDocument.Of(book.All), null);
            return onFiles(book, _context.Time.GetUtcNow()) is { } entry ? (OperatorDocument.Of([entry]), null) : (null, otherwise);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"De map {dataFolder} is niet te gebruiken: {e.Message}");
        }
    }

    private void Show(NodeJson answer)
    {
        var rows = answer.Rows("exercises").ToList();
        if (rows.Count == 0) _context.Out.WriteLine("Er was hier nog geen oefening.");
        foreach (var one in rows)
            _context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Text("number")}. {one.Text("name")}: begonnen {one.Moment("began")}, {(one.Has("ended") ? $"gestopt {one.Moment("ended")}" : "is nu bezig; alles wat hier binnenkomt is OEFENING")}"));
    }
}
