using System.Collections;
using System.Text;
using Weerbaarheid.Relay;
using Weerbaarheid.Relay.Commands;

// UTF-8 whatever the locale says: a board without one would print question marks for letters with accents.
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
// What is not UTF-8 is marked, so that it is refused and not altered in silence.
var marking = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(VerbContext.NotText.ToString()));
using var input = new StreamReader(Console.OpenStandardInput(), marking);
// Flushed with each write, and left open: who is asked to stop while it starts may still be writing a line when the program ends.
var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true });
var error = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true });
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
var context = new VerbContext(input, output, error, environment, TimeProvider.System)
{
    InIsTerminal = !Console.IsInputRedirected,
    OutIsTerminal = !Console.IsOutputRedirected,
    AskSecret = Console.IsInputRedirected ? null : question => SecretPrompt.Ask(question, error),
};
return await RootVerb.InvokeAsync(args, context, (configuration, keys, stop) => NodeHost.RunAsync(configuration, keys, TimeProvider.System, stop));
