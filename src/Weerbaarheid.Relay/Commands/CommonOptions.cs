using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>The options that every verb has, and the configuration they lead to.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Config { get; } = new("--config")
    {
        Description = $"Configuration file; without it {ConfigurationRequest.InstalledFile} if it exists.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> Data { get; } = new("--data") { Description = "Folder for the outbox, instead of the configuration's.", HelpName = "DIR", Recursive = true };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "One value of the configuration, as site.id=11; may be repeated.",
        HelpName = "KEY=VALUE",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Output for programs.", Recursive = true };

    public void AddTo(Command root)
    {
        root.Add(Config);
        root.Add(Data);
        root.Add(Set);
        root.Add(Json);
    }

    /// <summary>Loads the configuration, or says everything that is wrong with it on standard error.</summary>
    public RelayConfiguration? Load(ParseResult line, VerbContext context)
    {
        var result = ConfigurationLoader.Load(new ConfigurationRequest(
            line.GetValue(Config), line.GetValue(Data), line.GetValue(Set) ?? [], context.Environment)
        { SystemFile = context.SystemFile });
        Report(result.Errors, context);
        return result.Configuration;
    }

    /// <summary>Makes the keys that a configuration names, or says everything that is wrong on standard error.</summary>
    /// <param name="configuration">Names them.</param>
    /// <param name="context">Where to say it.</param>
    /// <param name="willMend">Whether a node is started with them, which mends a damaged key file and then says so in its log.</param>
    public static KeyRing? LoadKeys(RelayConfiguration configuration, VerbContext context, bool willMend = false)
    {
        if (configuration.Keys is not KeysConfiguration.File file) return KeyRing.Demonstration();
        var result = KeyFiles.Read(file.Path, configuration.Site);
        Report(result.Errors, context);
        if (result is { Ring: not null, Warning: { } warning }) context.Error.WriteLine($"WARNING: {warning}");
        if (result is { Ring: not null, FromCopy: { } why } && !willMend) context.Error.WriteLine($"WARNING: {why}");
        return result.Ring;
    }

    public static void Report(IReadOnlyList<ConfigurationError> errors, VerbContext context)
    {
        foreach (var error in errors) context.Error.WriteLine(error);
    }
}
