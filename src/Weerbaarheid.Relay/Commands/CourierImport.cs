using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>courier import</c>: takes in a file, every courier's file in a folder, or the texts of QR codes.</summary>
internal sealed class CourierImport
{
    /// <summary>Files of one folder that are read, the last by name; more than that is no stick.</summary>
    private const int MostFiles = 64;

    private const int LongestText = 1 << 20;

    private readonly Argument<string> _place = new("PLACE") { Description = "A file, a folder with courier's files, or - for the text of QR codes on standard input." };
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private CourierImport(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var import = new CourierImport(common, context);
        var verb = new Verb(
            "import", "Take in what a courier brought; what it says is on disk. Twice does no harm. Exit code 3 when some of it was refused, 1 when all was.",
            "courier import /media/stick", "courier import koerier-11-leek-20270112-141500.wrk --json", "zbarimg --raw photo.jpg | weerbaarheid-relay courier import -");
        verb.Add(import._place);
        verb.SetAction(import.RunAsync);
        return verb;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var place = line.GetValue(_place)!;
        if (place != "-" && !Path.Exists(place)) return CourierVerb.Fail(_context, $"{place} is er niet. Zit de stick erin?", ExitCode.Wrong);
        var files = Find(place);
        if (files.Count == 0) return CourierVerb.Fail(_context, $"In {place} staan geen bestanden die eindigen op {CourierFile.Extension}.", ExitCode.Wrong);
        using var node = new CourierReach(configuration, _context);
        var results = new List<(string File, CourierResult Result)>();
        foreach (var file in files)
        {
            var (bytes, unreadable) = Read(file);
            if (bytes is null && unreadable is not null) return CourierVerb.Fail(_context, unreadable);
            var (result, problem) = bytes is null
                ? new CourierAnswer<CourierResult>(new CourierResult(CourierFileState.TooLarge, CourierTaking.Nothing), null)
                : await node.ImportAsync(bytes, cancellationToken).ConfigureAwait(false);
            if (problem is not null) return CourierVerb.Fail(_context, problem);
            results.Add((file, result!));
            if (!line.GetValue(_common.Json)) Tell(file, result!);
            if (result!.Taking.Problem is not null) break;
        }

        if (line.GetValue(_common.Json)) _context.Out.WriteLine(Document(results, node.IsStopped == true));
        else if (node.IsStopped == true && configuration.Site.Role != Role.Meldkamer)
            _context.Out.WriteLine("Dit punt stond uit. Bewijzen voor andere punten zijn dan niet bewaard; lees de stick nog eens in als het punt aan staat.");
        return Code(results);
    }

    private static List<string> Find(string place) => !Directory.Exists(place) ? [place]
        : [.. Directory.EnumerateFiles(place, "*" + CourierFile.Extension).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).TakeLast(MostFiles)];

    /// <returns>Nothing at all when the file is too large.</returns>
    private (byte[]? Bytes, string? Problem) Read(string file)
    {
        try
        {
            if (file == "-") return FromQr(ReadText());
            var bytes = StickFile.Read(file);
            // The text of a code that was saved to a file.
            return bytes is { Length: < LongestText } && bytes.AsSpan().StartsWith("WRK1:"u8) ? FromQr(System.Text.Encoding.ASCII.GetString(bytes)) : (bytes, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{file} is niet te lezen. Zit de stick er nog in? ({e.Message})");
        }
    }

    private static (byte[]? Bytes, string? Problem) FromQr(string text) => CourierText.FromQr(text) is { } codes
        ? (codes, null) : (null, $"Hier staat geen tekst van een QR-code die te lezen is. Die begint met {CourierText.QrMark} Maak een nieuwe foto.");

    private string ReadText()
    {
        var text = new char[LongestText];
        return new string(text, 0, _context.In.ReadBlock(text));
    }

    private void Tell(string file, CourierResult result)
    {
        _context.Out.WriteLine($"{(file == "-" ? "QR-code" : Path.GetFileName(file))}:");
        foreach (var one in CourierText.Lines(result.State, result.Taking)) _context.Out.WriteLine($"  {one}");
    }

    private static string Document(List<(string File, CourierResult Result)> results, bool isStopped) => JsonLine.Object(json =>
    {
        CourierDocument.Write(json, results.Aggregate(CourierTaking.Nothing, (sum, one) => sum.Plus(one.Result.Taking)));
        json.WriteBoolean("nodeRuns", !isStopped);
        json.WriteStartArray("files");
        foreach (var (file, result) in results)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("state", CourierDocument.NameOf(result.State));
            CourierDocument.Write(json, result.Taking);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>All well, some of it, or nothing.</summary>
    private static int Code(List<(string File, CourierResult Result)> results)
    {
        var isWell = results.TrueForAll(one => one.Result is { State: CourierFileState.Whole, Taking: { Refused: 0, Problem: null } });
        var isSome = results.Exists(one => one.Result.Taking.Of(CourierVerdict.New) + one.Result.Taking.Of(CourierVerdict.Known) > 0);
        return isWell ? ExitCode.Ok : isSome ? ExitCode.Degraded : ExitCode.Failed;
    }
}
