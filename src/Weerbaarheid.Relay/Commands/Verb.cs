using System.CommandLine;

namespace Weerbaarheid.Relay.Commands;

/// <summary>A verb with examples in its help.</summary>
/// <param name="name">As typed.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines, without the name of the program.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
