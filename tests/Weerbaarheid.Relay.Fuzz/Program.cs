using SharpFuzz;
using Weerbaarheid.Relay.Wire.Tests;

// The harnesses of the tests under a coverage-guided fuzzer: instrument Weerbaarheid.Relay.Wire.dll beside this program with the
// sharpfuzz tool, then let libfuzzer-dotnet run it with the name of a harness. With a file as second argument it runs that input once.
if (args.Length is < 1 or > 2 || !Fuzzing.Harnesses.TryGetValue(args[0], out var harness))
{
    Console.Error.WriteLine($"usage: name of a harness ({string.Join(", ", Fuzzing.Harnesses.Keys)}), and a file to run it on once");
    return 2;
}

if (args.Length == 2) harness(File.ReadAllBytes(args[1]));
else Fuzzer.LibFuzzer.Run(span => harness(span));
return 0;
