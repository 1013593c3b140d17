using Spectre.Console;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Rows under headings: a table on a terminal, aligned columns in a pipe or a file.</summary>
/// <param name="headings">One for each column.</param>
internal sealed class Listing(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] row) => _rows.Add(row);

    public void Write(TextWriter output, VerbContext context)
    {
        if (_rows.Count == 0) return;
        if (context.OutIsTerminal && ReferenceEquals(output, context.Out)) WriteTable(context);
        else WritePlain(output);
    }

    private void WriteTable(VerbContext context)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = context.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = context.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(context.Out),
        });
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        // Text and not markup: brackets in a message are brackets.
        foreach (var row in _rows) table.AddRow(row.Select(cell => new Text(cell)));
        console.Write(table);
    }

    private void WritePlain(TextWriter output)
    {
        var widths = headings.Select((heading, column) => Math.Max(heading.Length, _rows.Max(row => row[column].Length))).ToArray();
        foreach (var row in _rows.Prepend(headings))
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
