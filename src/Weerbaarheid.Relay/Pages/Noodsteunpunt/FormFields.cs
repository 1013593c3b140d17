using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>What somebody filled in, and what is wrong with it, each a sentence in plain Dutch. Nothing of it is believed.</summary>
internal sealed class FormFields
{
    private const int MostFields = 64;
    private const int LongestConcept = 40;

    private readonly Func<string, StringValues> _values;
    private readonly List<(string Field, string Sentence)> _problems = [];

    private FormFields(Func<string, StringValues> values) => _values = values;

    /// <summary>What is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<(string Field, string Sentence)> Problems => _problems;

    /// <summary>A form that nobody filled in yet.</summary>
    public static FormFields Empty { get; } = new(_ => StringValues.Empty);

    /// <summary>The fields in the address.</summary>
    public static FormFields Of(IQueryCollection query) => new(name => query[name]);

    /// <summary>The fields in the body.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large, or no form.</exception>
    public static async Task<FormFields> ReadAsync(HttpRequest request)
    {
        try
        {
            var reader = new FormPipeReader(request.BodyReader) { ValueCountLimit = MostFields };
            var form = await reader.ReadFormAsync(request.HttpContext.RequestAborted);
            return new FormFields(name => form.GetValueOrDefault(name));
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException("The form cannot be read.", StatusCodes.Status400BadRequest, e);
        }
    }

    /// <summary>A reference for a form that is filled in from now on; the message gets it, so that sending twice is sending once.</summary>
    public static string NewConcept() => "p" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>The reference in the form; null when there is none that this program made.</summary>
    public string? Concept => First("concept") is { Length: > 8 and <= LongestConcept } concept && concept.All(char.IsAsciiLetterOrDigit) ? concept : null;

    /// <summary>A text without what nobody can type, at most one line when <paramref name="isLine"/>; empty when it was left out.</summary>
    public string Text(string name, bool isLine = false)
    {
        var text = new StringBuilder();
        foreach (var one in First(name).ReplaceLineEndings("\n"))
        {
            if (one == '\t' || (one == '\n' && isLine)) text.Append(' ');
            else if (one == '\n' || !char.IsControl(one)) text.Append(one);
        }

        return text.ToString().Trim();
    }

    /// <summary>A text that may not be longer than so many characters.</summary>
    public string Text(string name, string title, int limit)
    {
        var text = Text(name);
        if (text.Length > limit) Wrong(name, $"{title}: dit zijn {text.Length} tekens, er passen er {limit}. Maak het korter.");
        return text;
    }

    /// <summary>A whole number; null when it was left out.</summary>
    public int? Number(string name, string title, int most)
    {
        var text = Text(name, isLine: true);
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most) return number;
        Wrong(name, $"{title}: vul een heel getal in van 0 tot en met {most}, of laat het leeg.");
        return null;
    }

    /// <summary>Whether a field came along at all.</summary>
    public bool Has(string name) => _values(name).Count > 0;

    /// <summary>Every value of a field that can have several.</summary>
    public IReadOnlyList<string> All(string name) => [.. _values(name).Take(MostFields).OfType<string>()];

    /// <summary>Notes that something is wrong.</summary>
    public void Wrong(string field, string sentence) => _problems.Add((field, sentence));

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    public string? ProblemOf(string field) => _problems.Find(problem => problem.Field == field).Sentence;

    private string First(string name) => _values(name) is { Count: > 0 } values ? values[0] ?? "" : "";
}
