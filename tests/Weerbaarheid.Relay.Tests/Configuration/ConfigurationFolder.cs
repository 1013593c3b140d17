using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Tests.Configuration;

/// <summary>A folder with a configuration file, and an environment that a test makes up.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("relay-configuration-").FullName;

    public Dictionary<string, string> Environment { get; } = new() { ["HOME"] = "/home/vrijwilliger" };

    public string File => Path.Combine(Folder, "relay.json");

    public string Write(string json, string name = "relay.json")
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, json);
        return path;
    }

    public ConfigurationResult Load(string? json, string? data = null, params string[] set)
    {
        if (json is not null) Write(json);
        var request = new ConfigurationRequest(json is null ? null : File, data, set, Environment) { SystemFile = Path.Combine(Folder, "none.json") };
        return ConfigurationLoader.Load(request);
    }

    /// <summary>Loads what must be right.</summary>
    public RelayConfiguration Right(string? json, string? data = null, params string[] set)
    {
        var result = Load(json, data, set);
        Assert.Equal("", string.Join('\n', result.Errors));
        return result.Configuration!;
    }

    /// <summary>Loads what must be wrong; the folder's path is left out of the errors.</summary>
    public string[] Wrong(string json, params string[] set)
    {
        var result = Load(json, null, set);
        Assert.Null(result.Configuration);
        return [.. result.Errors.Select(error => error.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
