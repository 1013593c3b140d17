using System.Text;

namespace Weerbaarheid.Relay.Tests.Exports;

/// <summary>A reader of RFC 4180, written for itself, so that what the writer believes is not what is checked.</summary>
internal static class Rfc4180
{
    /// <summary>Rows of cells. Throws when a quote stands where none may, or a row does not end with CRLF.</summary>
    public static List<List<string>> Read(string text, char separator)
    {
        var (rows, row, at) = (new List<List<string>>(), new List<string>(), 0);
        while (at < text.Length)
        {
            row.Add(ReadCell(text, separator, ref at));
            if (at < text.Length && text[at] == separator)
            {
                at++;
                continue;
            }

            if (at + 1 >= text.Length || text[at] != '\r' || text[at + 1] != '\n') throw new FormatException($"No CRLF at {at}: {text[at..Math.Min(at + 20, text.Length)]}");
            at += 2;
            rows.Add(row);
            row = [];
        }

        return rows;
    }

    private static string ReadCell(string text, char separator, ref int at)
    {
        var cell = new StringBuilder();
        if (at < text.Length && text[at] == '"')
        {
            for (at++; ; at++)
            {
                if (at >= text.Length) throw new FormatException("A quote is not closed.");
                if (text[at] == '"' && (at + 1 >= text.Length || text[at + 1] != '"'))
                {
                    at++;
                    return cell.ToString();
                }

                if (text[at] == '"') at++;
                cell.Append(text[at]);
            }
        }

        for (; at < text.Length && text[at] != separator && text[at] != '\r'; at++)
        {
            if (text[at] is '"' or '\n') throw new FormatException($"A quote or line break stands bare at {at}.");
            cell.Append(text[at]);
        }

        return cell.ToString();
    }
}
