using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>What people see at a closed door.</summary>
internal sealed class PinPages(Func<PageFrame> frame)
{
    /// <summary>The field with the PIN.</summary>
    public const string PinField = "pincode";

    /// <summary>The field with the role.</summary>
    public const string RoleField = "pinrol";

    private static readonly (PinRole Role, string Label)[] Roles =
        [(PinRole.Vrijwilliger, "Vrijwilliger"), (PinRole.Coordinator, "Coördinator of centralist"), (PinRole.Technicus, "Technicus")];

    /// <summary>What a page is for, in words.</summary>
    public static string WordFor(PinRole role) => Roles[(int)role].Label;

    /// <summary>Asks for the PIN.</summary>
    /// <param name="context">Where it is asked; the status is the caller's.</param>
    /// <param name="needed">For whom the page behind it is.</param>
    /// <param name="action">Where the form goes.</param>
    /// <param name="carried">What goes along unseen.</param>
    /// <param name="problem">Why the last one was not taken; null at first.</param>
    public Task AskAsync(HttpContext context, PinRole needed, string action, IEnumerable<(string Name, string Value)> carried, string? problem)
    {
        var roles = Roles.Where(one => PinRoles.Covers(one.Role, needed));
        var body = Html.Of($"""
            {(problem is null ? Html.None : Layout.Box(Tone.Bad, "Nog niet binnen", Html.Of($"<p>{problem}</p>")))}
            <p>Deze pagina is voor: <strong>{WordFor(needed)}</strong>. De pincode staat op papier bij de coördinator of de technicus.</p>
            <form method="post" action="{action}">
            {Html.Each(carried, one => Html.Of($"<input type=\"hidden\" name=\"{one.Name}\" value=\"{new FieldValue(one.Value)}\">"))}
            <fieldset><legend>Wie bent u?</legend>{Html.Each(roles, one => Html.Of($"<label class=\"pick\"><input type=\"radio\" name=\"{RoleField}\" value=\"{PinRoles.NameOf(one.Role)}\"{Html.When(one.Role == needed, $" checked")}> <span>{one.Label}</span></label>"))}</fieldset>
            <div><label class="title" for="{PinField}">Pincode</label><input type="password" id="{PinField}" name="{PinField}" maxlength="{PinHash.Longest}" autocomplete="current-password" required></div>
            <button>Verder</button>
            </form>
            <p class="hint">Wat u al had ingevuld blijft bewaard. Na 12 uur vraagt dit punt de pincode opnieuw.</p>
            <p><a class="button second" href="/bulletins">Alleen de bulletins lezen</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Pincode", body)));
    }

    /// <summary>Says that there is no PIN to ask for.</summary>
    public Task UnsetAsync(HttpContext context, PinRole needed)
    {
        var body = Html.Of($"""
            <p>Deze pagina is voor: <strong>{WordFor(needed)}</strong>. Er is nog geen pincode voor, en daarom is zij van buiten het apparaat niet te openen.</p>
            <p>De technicus stelt de pincode in op het apparaat zelf, met:</p>
            <p><code>weerbaarheid-relay pin {PinRoles.NameOf(needed)}</code></p>
            <p><a class="button" href="/">Naar het begin</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Hier is een pincode voor nodig", body)));
    }
}
