using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>Draws the fields of a form, each with its title and with what is wrong with it.</summary>
internal static class Fields
{
    public static Html Hidden(string name, string value) => Html.Of($"""<input type="hidden" name="{name}" value="{new FieldValue(value)}">""");

    public static Html Line(FormFields form, string name, string title, string value, int limit, string hint = "") =>
        One(form, name, title, hint, Html.Of($"""<input type="text" id="{name}" name="{name}" value="{new FieldValue(value)}" maxlength="{limit}" autocomplete="off"{Describe(form, name, hint)}>"""));

    public static Html Number(FormFields form, string name, string title, string value, string hint = "") =>
        One(form, name, title, hint, Html.Of($"""<input type="text" inputmode="numeric" id="{name}" name="{name}" value="{new FieldValue(value)}" maxlength="6" autocomplete="off"{Describe(form, name, hint)}>"""));

    // A browser swallows the first line end behind the tag, so it gets one.
    public static Html Area(FormFields form, string name, string title, string value, int limit, string hint = "") =>
        One(form, name, title, hint, Html.Of($"<textarea id=\"{name}\" name=\"{name}\" maxlength=\"{limit}\" rows=\"3\"{Describe(form, name, hint)}>\n{new FieldValue(value)}</textarea>"));

    /// <summary>One of several, each as large as a thumb.</summary>
    public static Html Radios(FormFields form, string name, string title, string chosen, IEnumerable<(string Value, string Label)> choices, string list = "choices") => Html.Of($"""
        <fieldset><legend>{title}</legend>{Problem(form, name)}
        <div class="{list}">{Html.Each(choices, one => Pick("radio", name, one.Value, one.Label, one.Value == chosen))}</div></fieldset>
        """);

    /// <summary>Any of several.</summary>
    public static Html Checks(string name, string title, IReadOnlyCollection<string> chosen, IEnumerable<(string Value, string Label)> choices) => Html.Of($"""
        <fieldset><legend>{title}</legend>
        <div class="choices">{Html.Each(choices, one => Pick("checkbox", name, one.Value, one.Label, chosen.Contains(one.Value)))}</div></fieldset>
        """);

    /// <summary>What is wrong with the form as a whole, above it.</summary>
    public static Html Summary(FormFields form) => form.Problems.Count == 0 ? Html.None
        : Layout.Box(Tone.Bad, "Nog niet klaar. Kijk dit na:", Html.Of($"<ul>{Html.Each(form.Problems, problem => Html.Of($"<li><a href=\"#{problem.Field}\">{problem.Sentence}</a></li>"))}</ul>"));

    private static Html Pick(string kind, string name, string value, string label, bool isChosen) =>
        Html.Of($"""<label class="pick"><input type="{kind}" name="{name}" value="{value}"{Html.When(isChosen, $" checked")}> <span>{label}</span></label>""");

    private static Html One(FormFields form, string name, string title, string hint, Html field) =>
        Html.Of($"""<div><label class="title" for="{name}">{title}</label>{Html.When(hint.Length > 0, $"<p class=\"hint\" id=\"{name}-hint\">{hint}</p>")}{Problem(form, name)}{field}</div>""");

    private static Html Problem(FormFields form, string name) =>
        form.ProblemOf(name) is { } problem ? Html.Of($"<p class=\"wrong\" id=\"{name}-wrong\">{problem}</p>") : Html.None;

    private static Html Describe(FormFields form, string name, string hint) => form.ProblemOf(name) is not null
        ? Html.Of($" aria-invalid=\"true\" aria-describedby=\"{name}-wrong\"") : Html.When(hint.Length > 0, $" aria-describedby=\"{name}-hint\"");
}
