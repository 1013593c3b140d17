using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary>One site that keys are asked for.</summary>
internal sealed record IssueRequest(ushort Site, string Name, Role Role, bool MayIssue)
{
    private const int LargestFile = 4 << 20;
    private static readonly string[] Known = ["site", "name", "role", "mayIssue"];

    /// <summary>Checks what was asked for one site.</summary>
    /// <returns>Null after adding what is wrong.</returns>
    public static IssueRequest? Of(ulong? site, string? name, string? role, bool mayIssue, string where, List<string> problems)
    {
        var before = problems.Count;
        if (site is not (> 0 and < ushort.MaxValue)) problems.Add($"{where}: site is missing or out of range; write the number of the site, 1 to {ushort.MaxValue - 1}");
        if (KeysText.ReadRole(role) is not { } known)
        {
            problems.Add($"{where}: role {(role is null ? "is missing" : $"'{role}' does not exist")}; write one of {string.Join(", ", ConfigurationLoader.Roles)}");
            return null;
        }

        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > 80) problems.Add($"{where}: name is missing or cannot be used; write 1 to 80 letters");
        if (mayIssue && known != Role.Meldkamer) problems.Add($"{where}: a {role} may not issue bulletins; leave out mayIssue, or issue to the meldkamer");
        return problems.Count == before ? new IssueRequest((ushort)site!, name!, known, mayIssue) : null;
    }

    /// <summary>Reads a list of sites: <c>[ { "site": 11, "role": "noodsteunpunt", "name": "Noodsteunpunt Leek" } ]</c>.</summary>
    public static IReadOnlyList<IssueRequest> ReadList(string file, List<string> problems)
    {
        var requests = new List<IssueRequest>();
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LargestFile }) throw new IOException("it is too large");
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Array) problems.Add($"{file}: holds no list; write [ {{ \"site\": 11, \"role\": \"noodsteunpunt\", \"name\": \"Noodsteunpunt Leek\" }} ]");
            else foreach (var (place, one) in document.RootElement.EnumerateArray().Index()) ReadOne(one, $"{file}: [{place}]", requests, problems);
        }
        catch (JsonException e)
        {
            problems.Add($"{file}: this is not JSON from line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}; check the quotes, commas and braces there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file}: cannot be read: {e.Message.TrimEnd('.')}; name a file that this account may read");
        }

        foreach (var twice in requests.GroupBy(one => one.Site).Where(same => same.Count() > 1)) problems.Add($"{file}: site {twice.Key} is there {twice.Count()} times; keep one");
        return requests;
    }

    private static void ReadOne(JsonElement one, string where, List<IssueRequest> requests, List<string> problems)
    {
        if (one.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{where}: is no object; write {{ \"site\": 11, \"role\": \"noodsteunpunt\", \"name\": \"Noodsteunpunt Leek\" }}");
            return;
        }

        foreach (var unknown in one.EnumerateObject().Where(property => !Known.Contains(property.Name)))
            problems.Add($"{where}: unknown key '{unknown.Name}'; known here are {string.Join(", ", Known)}");
        ulong? site = one.TryGetProperty("site", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetUInt64(out var value) ? value : null;
        var mayIssue = one.TryGetProperty("mayIssue", out var flag) && flag.ValueKind == JsonValueKind.True;
        if (Of(site, Text(one, "name"), Text(one, "role"), mayIssue, where, problems) is { } request) requests.Add(request);
    }

    private static string? Text(JsonElement one, string name) => one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
