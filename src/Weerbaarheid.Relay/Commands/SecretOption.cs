using System.CommandLine;

namespace Weerbaarheid.Relay.Commands;

/// <summary>A passphrase or PIN: from a file, or typed at the terminal and not shown. Never on the command line, which others on the machine can read.</summary>
/// <param name="name">The option that names the file.</param>
/// <param name="what">What it is, as in "the passphrase of the master".</param>
/// <param name="shortest">Least characters of a new one.</param>
internal sealed class SecretOption(string name, string what, int shortest)
{
    private const int LargestFile = 4096;

    public Option<string?> File { get; } = new(name) { Description = $"File with {what} on its first line; without it you are asked.", HelpName = "FILE" };

    /// <summary>Whether a file was named.</summary>
    public bool IsGiven(ParseResult line) => line.GetValue(File) is not null;

    /// <summary>Reads or asks.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="context">Where it is asked, and where problems are said.</param>
    /// <param name="isNew">Whether it is chosen now: then it must be long enough, and is asked twice.</param>
    /// <returns>Null after saying why there is none.</returns>
    public string? Read(ParseResult line, VerbContext context, bool isNew)
    {
        var (secret, problem) = line.GetValue(File) is { } file ? FromFile(file) : Ask(context, isNew);
        if (secret is not null && isNew && secret.Length < shortest) problem = $"{what} has {secret.Length} characters; take {shortest} or more";
        else if (secret is not null && isNew && secret.Any(c => c is < ' ' or > '~')) problem = $"{what} has letters that not every keyboard types alike; take letters without accents, digits and signs";
        if (problem is null) return secret;
        context.Error.WriteLine(problem);
        return null;
    }

    private (string? Secret, string? Problem) FromFile(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var text = new char[LargestFile];
            var read = reader.ReadBlock(text, 0, text.Length);
            var first = new string(text, 0, read).Split('\n', 2)[0].TrimEnd('\r');
            return first.Length > 0 ? (first, null) : (null, $"the file '{file}' of {name} begins with an empty line; write {what} there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"the file '{file}' of {name} cannot be read: {e.Message.TrimEnd('.')}; name one that this account may read");
        }
    }

    private (string? Secret, string? Problem) Ask(VerbContext context, bool isNew)
    {
        if (context.AskSecret is not { } ask) return (null, $"{what} cannot be asked here, because nobody types at this input; name a file that holds it with {name}");
        if (ask(char.ToUpperInvariant(what[0]) + what[1..]) is not { Length: > 0 } secret) return (null, $"{what} was not given; try again");
        return !isNew || ask("The same again") == secret ? (secret, null) : (null, $"the two differ; try again");
    }
}
