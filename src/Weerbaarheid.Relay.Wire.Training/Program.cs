using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Wire.Text;
using Weerbaarheid.Relay.Wire.Training;

if (args.Length != 2)
{
    Console.Error.WriteLine("Use: CORPUS OUTPUT, as samples/corpus src/Weerbaarheid.Relay.Wire/Text/dutch-1.model");
    return 2;
}

var corpus = Corpus.Read(args[0]);
var file = ModelTraining.Train(corpus);
File.WriteAllBytes(args[1], file);
Console.WriteLine($"{args[1]}: {file.Length} bytes, from {corpus.Lines.Count} lines and {corpus.Words.Count} words.");
var tables = new TextTables(file);
foreach (var test in Directory.GetFiles(Path.Combine(args[0], "test"), "*.txt").Order(StringComparer.Ordinal))
{
    var (plain, coded) = Corpus.Measure(tables, File.ReadAllLines(test));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(test)}: {plain} bytes of UTF-8, {coded} coded, {(double)coded / plain:0.000}"));
}

return 0;
