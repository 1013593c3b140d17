using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Weerbaarheid.Relay.Tests.Architecture;

/// <summary>The source of this repository, found from where this file was compiled.</summary>
internal static partial class SourceTree
{
    /// <summary>A source file without its comments and strings.</summary>
    /// <param name="Project">Its project.</param>
    /// <param name="Folder">Its folder in the project, with slashes; empty for the root.</param>
    /// <param name="Path">Its path in the repository.</param>
    /// <param name="Code">Its text, comments and string contents taken out.</param>
    internal sealed record Source(string Project, string Folder, string Path, string Code)
    {
        public bool IsCompositionRoot => Folder.Length == 0;
    }

    public static string Root { get; } = FindRoot();

    public static string Project(string name) => System.IO.Path.Combine(Root, "src", name, name + ".csproj");

    public static IEnumerable<Source> Files(string project)
    {
        var root = System.IO.Path.Combine(Root, "src", project);
        foreach (var path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var inside = System.IO.Path.GetRelativePath(root, path).Replace('\\', '/');
            if (inside.StartsWith("obj/", StringComparison.Ordinal) || inside.StartsWith("bin/", StringComparison.Ordinal)) continue;
            var folder = System.IO.Path.GetDirectoryName(inside)!.Replace('\\', '/');
            yield return new Source(project, folder, $"src/{project}/{inside}", CommentsAndStrings().Replace(File.ReadAllText(path), ""));
        }
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // A deterministic build maps the compiled path to /_/, so fall back to where the tests run.
        foreach (var start in (string?[])[System.IO.Path.GetDirectoryName(here), AppContext.BaseDirectory])
        {
            for (var folder = start; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
                if (File.Exists(System.IO.Path.Combine(folder, "Weerbaarheid.Relay.sln"))) return folder;
        }

        throw new InvalidOperationException("The repository was not found above the tests; run them from a checkout.");
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(\\.|[^"\\\n])*"|\"{3}.*?\"{3}""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();
}
