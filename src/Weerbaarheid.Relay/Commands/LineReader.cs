using System.Text;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Reads lines of a limited length, so that a stream without line ends cannot fill the memory.</summary>
/// <param name="reader">The text.</param>
/// <param name="limit">Characters that a line may have.</param>
internal sealed class LineReader(TextReader reader, int limit)
{
    private readonly StringBuilder _line = new();

    /// <summary>Number of the line read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the line read last was longer than the limit; the rest of it is gone.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Hands every line that is not blank to <paramref name="handle"/>; what it finds wrong goes to standard error.</summary>
    /// <param name="context">Input and output.</param>
    /// <param name="limit">Characters that a line may have.</param>
    /// <param name="handle">Gives what is wrong with a line; nothing when it was handled.</param>
    /// <returns>The exit code.</returns>
    public static int ForEach(VerbContext context, int limit, Func<string, IReadOnlyList<string>> handle)
    {
        var lines = new LineReader(context.In, limit);
        var code = ExitCode.Ok;
        while (lines.Next() is { } line)
        {
            var problems = lines.TooLong ? [$"has more than {limit} characters"]
                : line.Contains(VerbContext.NotText, StringComparison.Ordinal) ? ["is not UTF-8; save the text as UTF-8"] : handle(line);
            foreach (var problem in problems) context.Error.WriteLine($"line {lines.Number}: {problem}");
            if (problems.Count > 0) code = ExitCode.Failed;
        }

        return code;
    }

    /// <summary>The next line that is not blank, without its end; null at the end of the text.</summary>
    public string? Next()
    {
        while (ReadLine() is { } line)
        {
            if (line.Length > 0 || TooLong) return line;
        }

        return null;
    }

    private string? ReadLine()
    {
        _line.Clear();
        TooLong = false;
        Number++;
        for (var first = true; ; first = false)
        {
            var read = reader.Read();
            if (read < 0 && first) return null;
            if (read is < 0 or '\n') return _line.ToString().Trim('\uFEFF', ' ', '\t', '\r');
            if (_line.Length < limit) _line.Append((char)read);
            else TooLong = true;
        }
    }
}
