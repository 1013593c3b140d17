using Weerbaarheid.Relay.Commands;

namespace Weerbaarheid.Relay.Tests.Commands;

/// <summary>What a command line left behind.</summary>
internal sealed record Left(int Code, string Out, string Error)
{
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs command lines in memory, with an environment in which nothing is set.</summary>
internal static class Terminal
{
    public static Task<Left> RunAsync(string input, params string[] arguments) => RunAsync(null, input, arguments);

    public static async Task<Left> RunAsync(NodeRunner? node, string input, string[] arguments, bool terminal = false, Dictionary<string, string>? environment = null,
        Func<string, string?>? ask = null, string devices = "/nergens")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        environment ??= [];
        environment.TryAdd("HOME", "/home/vrijwilliger");
        var context = new VerbContext(reader, output, error, environment, TimeProvider.System)
        {
            OutIsTerminal = terminal,
            InIsTerminal = terminal,
            SystemFile = "/nergens/relay.json",
            AskSecret = ask,
            Devices = devices,
        };
        var code = await RootVerb.InvokeAsync(arguments, context, node ?? ((_, _, _) => throw new Xunit.Sdk.XunitException("No node was to run.")));
        return new Left(code, output.ToString(), error.ToString());
    }
}
