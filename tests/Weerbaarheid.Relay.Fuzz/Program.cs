using SharpFuzz;
using Weerbaarheid.Relay.Trials.Fuzz;

// The targets of the trial "fuzz" under a coverage-guided fuzzer: instrument Weerbaarheid.Relay.Wire.dll and weerbaarheid-relay.dll beside this
// program with the sharpfuzz tool, then let libfuzzer-dotnet run it with the name of a target. With a file as second argument it runs that input once.
var target = FuzzTargets.All.FirstOrDefault(one => args.Length > 0 && one.Name == args[0]);
if (args.Length is < 1 or > 2 || target is null)
{
    Console.Error.WriteLine($"usage: name of a target ({string.Join(", ", FuzzTargets.All.Select(one => one.Name))}), and a file to run it on once");
    return 2;
}

if (args.Length == 2) target.Take(File.ReadAllBytes(args[1]));
else Fuzzer.LibFuzzer.Run(span => target.Take(span));
return 0;
