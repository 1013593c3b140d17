using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Fields of the desk that a volunteer's forms do not have.</summary>
internal static class DeskFields
{
    /// <summary>One of several, in a list that opens.</summary>
    public static Html Select(string name, string title, string chosen, IEnumerable<(string Value, string Label)> choices) => Html.Of($"""
        <div><label class="title" for="{name}">{title}</label><select id="{name}" name="{name}">{Html.Each(choices, one => Html.Of($"<option value=\"{one.Value}\"{Html.When(one.Value == chosen, $" selected")}>{one.Label}</option>"))}</select></div>
        """);
}
