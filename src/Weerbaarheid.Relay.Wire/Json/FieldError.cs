using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>One thing wrong with a message that an application handed in.</summary>
/// <param name="Path">The field, as <c>location.postcode</c> or <c>needs[1]</c>; empty for the message as a whole.</param>
/// <param name="Problem">What is wrong with what was given.</param>
/// <param name="Remedy">What to write instead.</param>
public readonly record struct FieldError(string Path, string Problem, string Remedy)
{
    /// <summary><c>path: problem; remedy</c>.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Problem}; {Remedy}" : $"{Path}: {Problem}; {Remedy}";
}

/// <summary>A message as an application handed it in.</summary>
/// <param name="Message">The message.</param>
/// <param name="ClientRef">The application's own reference, which makes a repeated submission the same message; never on the wire.</param>
public readonly record struct ParsedMessage(Message Message, string? ClientRef);
