using System.Text.Json;
using System.Text.Json.Nodes;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary>What a site's configuration is made from.</summary>
internal sealed class InitAnswers
{
    private const int LargestFile = 1 << 20;
    private static readonly string[] Known = ["site", "broker", "http", "links", "keys", "data", "storage"];
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public ulong? Site { get; set; }

    public string? Name { get; set; }

    public string? Role { get; set; }

    public string? Region { get; set; }

    /// <summary>Address and port, or off.</summary>
    public JsonObject Broker { get; set; } = new() { ["listen"] = "127.0.0.1:1883" };

    public JsonObject Http { get; set; } = new() { ["listen"] = "127.0.0.1:8080" };

    public List<JsonObject> Links { get; } = [];

    /// <summary>What <c>keys issue</c> wrote; null for none.</summary>
    public string? Provision { get; set; }

    /// <summary>Where the keys lie or will lie; null for demonstration keys.</summary>
    public string? KeysFile { get; set; }

    public bool Demonstration { get; set; }

    /// <summary>Null for the user's data folder.</summary>
    public string? Data { get; set; }

    /// <summary>As it was given; null for the defaults.</summary>
    public JsonObject? Storage { get; set; }

    /// <summary>Reads a description of a site: a configuration, with <c>keys.provision</c> for what is to be installed; all may be left out.</summary>
    public void ReadFrom(string file, List<string> problems)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LargestFile }) throw new IOException("it is too large");
            if (JsonNode.Parse(File.ReadAllBytes(file), documentOptions: Lenient) is not JsonObject root) throw new InvalidOperationException();
            foreach (var unknown in root.Select(one => one.Key).Where(key => !Known.Contains(key))) problems.Add($"{file}: unknown key '{unknown}'; known here are {string.Join(", ", Known)}");
            Read(root);
        }
        catch (JsonException e)
        {
            problems.Add($"{file}: this is not JSON from line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}; check the quotes, commas and braces there");
        }
        catch (InvalidOperationException)
        {
            problems.Add($"{file}: is not built as a configuration is; write it as samples/noodsteunpunt.json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file}: cannot be read: {e.Message.TrimEnd('.')}; name a file that this account may read");
        }
    }

    /// <summary>Takes over what keys say of their site, where nobody said otherwise.</summary>
    public void TakeFrom(NodeKeys keys)
    {
        Site ??= keys.Site;
        if (keys.Name.Length > 0) Name ??= keys.Name;
        if (keys.Role is { } role) Role ??= ConfigurationLoader.Roles[(int)role];
        if (keys.Region.Length > 0) Region ??= keys.Region;
    }

    private void Read(JsonObject root)
    {
        var site = root["site"]?.AsObject();
        Site = site?["id"]?.GetValue<ulong>();
        (Name, Role, Region) = (Text(site, "name"), Text(site, "role"), Text(site, "region"));
        if (root["broker"] is { } broker) Broker = (JsonObject)broker.AsObject().DeepClone();
        if (root["http"] is { } http) Http = (JsonObject)http.AsObject().DeepClone();
        Storage = (JsonObject?)root["storage"]?.AsObject().DeepClone();
        foreach (var link in root["links"]?.AsArray() ?? []) Links.Add((JsonObject)link!.AsObject().DeepClone());
        var keys = root["keys"]?.AsObject();
        (Provision, KeysFile, Data) = (Text(keys, "provision"), Text(keys, "file"), Text(root, "data"));
        Demonstration = keys?["demonstration"]?.GetValue<bool>() ?? false;
    }

    private static string? Text(JsonObject? fields, string name) => fields?[name]?.GetValue<string>();
}
