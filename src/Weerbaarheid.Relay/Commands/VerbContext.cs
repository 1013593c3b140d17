using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Commands;

/// <summary>What a verb has of the world: data goes to <see cref="Out"/>, everything said about it to <see cref="Error"/>.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Environment">Environment variables of this process.</param>
/// <param name="Time">Clock of every wait.</param>
internal sealed record VerbContext(
    TextReader In, TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment, TimeProvider Time)
{
    /// <summary>Stands in <see cref="In"/> for bytes that are not UTF-8: a code point that Unicode keeps for such use within a program.</summary>
    public const char NotText = '\uFDD0';

    /// <summary>Whether a person looks at <see cref="Out"/>: then tables may be drawn.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person types at <see cref="In"/>: then nothing waits for input that nobody knows is expected.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Asks a person for something that must not be shown while it is typed; null where nobody can be asked.</summary>
    public Func<string, string?>? AskSecret { get; init; }

    /// <summary>Where the devices of this machine are.</summary>
    public string Devices { get; init; } = "/dev";

    /// <summary>The configuration of an installed node; used when it exists and no other is named.</summary>
    public string SystemFile { get; init; } = ConfigurationRequest.InstalledFile;

    /// <summary>Whether colour may be used (no-color.org).</summary>
    public bool Colour => OutIsTerminal && string.IsNullOrEmpty(Environment.GetValueOrDefault("NO_COLOR"));
}

/// <summary>What a verb says with its end (design §6.1).</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;

    /// <summary>Wrong use or wrong configuration; nothing was started.</summary>
    public const int Wrong = 2;

    /// <summary>It works, but not as it should.</summary>
    public const int Degraded = 3;
}
