using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.QrCodes;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>courier export</c>, <c>import</c> and <c>qr</c>: what a node holds goes along with a person, and comes back as receipts.</summary>
internal sealed class CourierVerb
{
    private readonly Argument<string> _place = new("PLACE") { Description = "A folder, such as that of a stick; the file gets a name with site and time. Or a new file." };
    private readonly Argument<string> _id = new("ID") { Description = "The number of a message that waits here, as 11-4711." };
    private readonly Option<string?> _svg = new("--svg") { Description = "Where the drawing goes; without it koerier-ID.svg in this folder.", HelpName = "FILE.svg" };
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private CourierVerb(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var courier = new CourierVerb(common, context);
        var verb = new Verb(
            "courier", "Carry what a node holds on a stick, and take it in at another; receipts come back the same way. The node may run or not.",
            "courier export /media/stick", "courier import /media/stick", "courier qr 11-4711");
        verb.Add(courier.Export());
        verb.Add(CourierImport.Create(common, context));
        verb.Add(courier.Qr());
        return verb;
    }

    /// <summary>Says why it failed.</summary>
    public static int Fail(VerbContext context, string problem, int code = ExitCode.Failed)
    {
        context.Error.WriteLine(problem);
        return code;
    }

    private Verb Export()
    {
        var verb = new Verb("export", "Write all that waits here, and the newest receipts, to a stick. Exit code 3 when not everything fitted.", "courier export /media/stick", "courier export /media/stick/leek.wrk --json");
        verb.Add(_place);
        verb.SetAction(ExportAsync);
        return verb;
    }

    private Verb Qr()
    {
        var verb = new Verb("qr", "Show one message that waits here as a QR code to photograph; 'courier import -' takes its text.", "courier qr 11-4711", "courier qr 11-4711 --svg melding.svg");
        verb.Add(_id);
        verb.Add(_svg);
        verb.SetAction(QrAsync);
        return verb;
    }

    private async Task<int> ExportAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var place = Path.GetFullPath(line.GetValue(_place)!);
        var isFolder = Directory.Exists(place);
        var path = isFolder ? Path.Combine(place, CourierText.FileName(configuration.Site, _context.Time.GetLocalNow())) : place;
        if (!isFolder && !Directory.Exists(Path.GetDirectoryName(path))) return Fail(_context, $"De map {Path.GetDirectoryName(path)} is er niet. Zit de stick erin?", ExitCode.Wrong);
        if (Path.Exists(path)) return Fail(_context, $"{path} is er al, en wordt niet overschreven. Kies een andere naam, of geef alleen de map.", ExitCode.Wrong);
        using var node = new CourierReach(configuration, _context);
        var (load, problem) = await node.ExportAsync(null, cancellationToken).ConfigureAwait(false);
        if ((problem ?? load!.Problem) is { } said) return Fail(_context, said);
        var file = CourierFile.Write(load!.Frames);
        try
        {
            StickFile.Write(path, file);
            if (isFolder && Path.Combine(place, CourierText.SheetName) is var sheet && !Path.Exists(sheet)) StickFile.Write(sheet, System.Text.Encoding.UTF8.GetBytes(CourierText.Sheet));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(_context, $"Het bestand is niet geschreven: de stick is vol, weg of niet te beschrijven. Er is niets verloren; de berichten liggen hier nog. ({e.Message})");
        }

        Tell(line, configuration, path, file.Length, load);
        return load.LeftOut > 0 ? ExitCode.Degraded : ExitCode.Ok;
    }

    private void Tell(ParseResult line, RelayConfiguration configuration, string path, int bytes, CourierLoad load)
    {
        if (line.GetValue(_common.Json))
        {
            _context.Out.WriteLine(JsonLine.Object(json =>
            {
                json.WriteNumber("site", configuration.Site.Id);
                json.WriteString("file", path);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("records", load.Records);
                json.WriteNumber("receipts", load.Receipts);
                json.WriteNumber("others", load.Others);
                json.WriteNumber("leftOut", load.LeftOut);
            }));
            return;
        }

        _context.Out.WriteLine($"Geschreven: {path} ({bytes} bytes)");
        _context.Out.WriteLine($"Berichten: {load.Records}. Ontvangstbewijzen: {load.Receipts}. Overig: {load.Others}.");
        if (load.LeftOut > 0) _context.Out.WriteLine($"LET OP: {load.LeftOut} pasten er niet bij, die met de minste haast. Maak na het inlezen nog een bestand.");
        _context.Out.WriteLine("De berichten blijven hier liggen totdat de koerier terugkomt met het bewijs dat de meldkamer ze heeft.");
    }

    private async Task<int> QrAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var id = line.GetValue(_id)!;
        if (MessageId.Parse(id) is null) return Fail(_context, $"'{id}' is geen nummer van een bericht; schrijf het als 11-4711.", ExitCode.Wrong);
        using var node = new CourierReach(configuration, _context);
        var (load, problem) = await node.ExportAsync(id, cancellationToken).ConfigureAwait(false);
        if ((problem ?? load!.Problem) is { } said) return Fail(_context, said);
        if (load!.Frames is not [{ Length: <= CourierText.LargestQrFrame } frame])
            return Fail(_context, $"Bericht {id} is te lang voor een QR-code. Gebruik een stick: weerbaarheid-relay courier export MAP");
        var text = CourierText.ToQr(frame.Span);
        var svg = Path.GetFullPath(line.GetValue(_svg) ?? $"koerier-{id}.svg");
        if (Path.Exists(svg)) return Fail(_context, $"{svg} is er al, en wordt niet overschreven. Kies een andere naam met --svg.", ExitCode.Wrong);
        try
        {
            StickFile.Write(svg, System.Text.Encoding.UTF8.GetBytes(QrImage.Svg(text, $"Bericht {id}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(_context, $"De tekening is niet geschreven. ({e.Message})");
        }

        Show(line, id, text, svg);
        return ExitCode.Ok;
    }

    private void Show(ParseResult line, string id, string text, string svg)
    {
        if (line.GetValue(_common.Json))
        {
            _context.Out.WriteLine(JsonLine.Object(json =>
            {
                json.WriteString("id", id);
                json.WriteString("text", text);
                json.WriteString("svg", svg);
            }));
            return;
        }

        foreach (var row in QrImage.Lines(text)) _context.Out.WriteLine(row);
        _context.Out.WriteLine(text);
        _context.Out.WriteLine($"Getekend: {svg}");
        _context.Out.WriteLine("Maak er een foto van. Lees de tekst van de code in op een ander punt met: weerbaarheid-relay courier import -");
    }
}
