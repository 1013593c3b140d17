using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>What the command line asks for.</summary>
/// <param name="File">From <c>--config</c>; null when it was not given.</param>
/// <param name="Data">From <c>--data</c>; null when it was not given.</param>
/// <param name="Set">From <c>--set key=value</c>.</param>
/// <param name="Environment">The environment of this process.</param>
internal sealed record ConfigurationRequest(
    string? File, string? Data, IReadOnlyList<string> Set, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Where an installed node has its configuration.</summary>
    public const string InstalledFile = "/etc/weerbaarheid-relay/relay.json";

    /// <summary>Used when it exists and no other file is named.</summary>
    public string SystemFile { get; init; } = InstalledFile;
}

/// <summary>The values of file, environment and command line put on top of each other, and which of them said what.</summary>
internal sealed class ConfigurationSources
{
    private const string Prefix = "RELAY__";
    private const int LargestFile = 1 << 20;

    private readonly Dictionary<string, string?> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _variableNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string?> _options = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _optionNames = new(StringComparer.OrdinalIgnoreCase);

    public ConfigurationSources(ConfigurationRequest request, ConfigurationErrors errors)
    {
        File = request.File is not null ? Path.GetFullPath(request.File) : System.IO.File.Exists(request.SystemFile) ? request.SystemFile : null;
        foreach (var (name, value) in request.Environment)
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            var path = name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            _variables[path] = value;
            _variableNames[path] = name;
        }

        foreach (var assignment in request.Set) Assign(assignment, errors);
        if (request.Data is not null) (_options["data"], _optionNames["data"]) = (request.Data, "--data");
        Values = Build(errors);
    }

    /// <summary>Full path of the file; null when there is none.</summary>
    public string? File { get; }

    /// <summary>All values; null when the file could not be read at all.</summary>
    public IConfigurationRoot? Values { get; }

    /// <summary>Who said what stands at a path of <see cref="Values"/>, or would have to.</summary>
    public string Where(string path) =>
        _optionNames.GetValueOrDefault(path) ?? _variableNames.GetValueOrDefault(path) ?? File ?? "configuration";

    /// <summary>Whether the file says what stands at this path, so that relative paths are relative to the file.</summary>
    public bool IsFromFile(string path) => File is not null && !_optionNames.ContainsKey(path) && !_variableNames.ContainsKey(path);

    private void Assign(string assignment, ConfigurationErrors errors)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            errors.Add(new ConfigurationError("--set", "", $"'{assignment}' is not key=value", "write it as site.id=11"));
            return;
        }

        var key = assignment[..equals];
        var path = key.Replace('.', ':').Replace("[", ":", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        (_options[path], _optionNames[path]) = (assignment[(equals + 1)..], "--set");
    }

    private IConfigurationRoot? Build(ConfigurationErrors errors)
    {
        var builder = new ConfigurationBuilder();
        if (File is not null)
        {
            if (ReadFile(File, errors) is not { } bytes || !IsJsonObject(bytes, errors)) return null;
            builder.AddJsonStream(new MemoryStream(bytes));
        }

        try
        {
            return builder.AddInMemoryCollection(_variables).AddInMemoryCollection(_options).Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or InvalidOperationException)
        {
            errors.Add(new ConfigurationError(File ?? "configuration", "", (e.InnerException ?? e).Message.TrimEnd('.'), "give each key once"));
            return null;
        }
    }

    private static byte[]? ReadFile(string file, ConfigurationErrors errors)
    {
        if (OddFile.Describe(file) is { } odd)
        {
            errors.Add(new ConfigurationError(file, "", $"this is {odd}, not a file", "name the configuration file with --config, or leave --config out"));
            return null;
        }

        try
        {
            var size = new FileInfo(file).Length;
            if (size <= LargestFile) return System.IO.File.ReadAllBytes(file);
            errors.Add(new ConfigurationError(file, "", $"has {size} bytes", $"a configuration has at most {LargestFile}; name the right file"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.Add(new ConfigurationError(file, "", "there is no such file", "name an existing one with --config, or leave --config out"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigurationError(file, "", $"cannot be read: {e.Message.TrimEnd('.')}", "make it a file that this account may read"));
        }

        return null;
    }

    /// <summary>Looks at the syntax first, because this parser can say where it is wrong.</summary>
    private bool IsJsonObject(byte[] bytes, ConfigurationErrors errors)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return true;
            errors.Add(new ConfigurationError(File!, "", $"holds a {document.RootElement.ValueKind} and no object", "write one JSON object between braces"));
        }
        catch (JsonException e)
        {
            var place = $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}";
            errors.Add(new ConfigurationError(File!, place, "this is not JSON", "check the quotes, commas and braces there"));
        }

        return false;
    }
}
