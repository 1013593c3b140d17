namespace Weerbaarheid.Relay.Commands;

/// <summary>Lines that stay, and on a terminal one line of progress that is replaced.</summary>
internal sealed class LiveLine(VerbContext context)
{
    private int _width;

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        Clear();
        context.Out.WriteLine(line);
    }

    /// <summary>Writes progress over the progress before it.</summary>
    public void Replace(string line)
    {
        Clear();
        context.Out.Write(line);
        _width = line.Length;
    }

    private void Clear()
    {
        if (_width > 0) context.Out.Write($"\r{new string(' ', _width)}\r");
        _width = 0;
    }
}
