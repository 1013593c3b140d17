using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Keys;

/// <summary>What a key file and its second copy are together: which of them counts, and what is wrong with the other.</summary>
/// <param name="Keys">What counts; null when the node may use neither.</param>
/// <param name="From">The file that they are from.</param>
/// <param name="Errors">Why neither may be used; empty when there are keys.</param>
internal sealed record KeyLook(NodeKeys? Keys, string From, IReadOnlyList<ConfigurationError> Errors) : IDisposable
{
    /// <summary>As in <see cref="KeyFileResult"/>.</summary>
    public ConfigurationError? Warning { get; private init; }

    /// <summary>What is wrong with the other of the two, in a sentence that shows no key; null for nothing.</summary>
    public string? Finding { get; private init; }

    /// <summary>Whether the copy counts.</summary>
    public bool IsFromCopy { get; private init; }

    /// <summary>Whether something stands in the place of the other that should be looked at before it goes.</summary>
    public bool IsOtherBroken { get; private init; }

    /// <summary>Whether there is nothing in either place.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Decides.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="file">What was read there.</param>
    /// <param name="copy">What was read in the place of its copy.</param>
    public static KeyLook Of(string path, NodeKeysResult file, NodeKeysResult copy)
    {
        // This is no damage: others can read along, or the node runs under the wrong account. A person must know, so the other of the two does not hide it.
        if (file.State is KeyFileState.Exposed or KeyFileState.Unreadable) return new KeyLook(null, path, file.Errors);
        if (copy.State is KeyFileState.Exposed) return new KeyLook(null, path, copy.Errors);
        if (file.Keys is null && copy.Keys is null) return Neither(path, file, copy);
        if (file.Keys is null) return OfCopy(path, copy) with { Finding = FindingOfFile(path, file), IsOtherBroken = file.State != KeyFileState.Missing };
        if (copy.Keys is { } other && file.Keys.IsSame(other)) return OfFile(path, file);
        // A digit that goes wrong in a file without a check gives another key unnoticed. A person who puts such an old file there is told.
        if (file.Warning is not null && copy is { Keys: not null, Warning: null })
        {
            return OfCopy(path, copy) with
            {
                Finding = $"{path} has no check and holds other keys than its second copy, which has one, so the copy counts; if the file is right, put its keys there with 'keys install'.",
                IsOtherBroken = true,
            };
        }

        return OfFile(path, file) with { Finding = FindingOfCopy(path, copy), IsOtherBroken = copy.State is KeyFileState.Damaged or KeyFileState.Unreadable };
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose() => Keys?.Dispose();

    private static KeyLook OfFile(string path, NodeKeysResult file) => new(file.Keys, path, []) { Warning = file.Warning };

    private static KeyLook OfCopy(string path, NodeKeysResult copy) => new(copy.Keys, KeyFiles.CopyOf(path), []) { Warning = copy.Warning, IsFromCopy = true };

    private static KeyLook Neither(string path, NodeKeysResult file, NodeKeysResult copy)
    {
        if (copy.State == KeyFileState.Missing) return new KeyLook(null, path, file.Errors) { IsEmpty = file.State == KeyFileState.Missing };
        var both = new ConfigurationError(path, "", "neither this key file nor its second copy can be used", "let the region issue the keys again, and use 'keys install FILE --replace'");
        return new KeyLook(null, path, [both, .. file.Errors, .. copy.Errors]);
    }

    private static string FindingOfFile(string path, NodeKeysResult file) => file.State == KeyFileState.Missing
        ? $"{path} is missing, so its second copy counts."
        : $"{path} cannot be used ({Why(file)}), so its second copy counts.";

    private static string FindingOfCopy(string path, NodeKeysResult copy) => copy.State switch
    {
        KeyFileState.Missing => $"There is no second copy of {path}.",
        KeyFileState.Whole => $"The second copy of {path} holds other keys, and those in the file count.",
        _ => $"The second copy of {path} cannot be used ({Why(copy)}).",
    };

    private static string Why(NodeKeysResult read) => read.Errors[0] is var error && error.Key.Length > 0 ? $"{error.Key} {error.Problem}" : error.Problem;
}
