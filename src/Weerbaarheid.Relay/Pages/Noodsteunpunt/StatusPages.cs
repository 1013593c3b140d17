using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>How the place itself is doing. Starts from what was told last, so that only what changed is filled in.</summary>
internal sealed class StatusPages(RelayNode node, Site site, Func<PageFrame> frame, FormIntake intake)
{
    private static readonly string[] States = ["open", "vol", "opstarten", "gesloten", "ontruimd"];
    private static readonly string[] Levels = ["Op", "Weinig", "Half", "Genoeg", "Ruim"];
    private static readonly (string Name, string Title)[] Numbers = [("present", "Mensen aanwezig"), ("capacity", "Plaats voor hoeveel mensen"), ("staff", "Medewerkers"), ("powerHours", "Noodstroom voor hoeveel uur")];
    private static readonly (string Name, string Title)[] Stocks = [("water", "Water"), ("food", "Eten"), ("firstAid", "EHBO-spullen"), ("fuel", "Brandstof"), ("heat", "Verwarming")];

    /// <param name="State">Empty when nothing was chosen.</param>
    /// <param name="Counts">By name; null for unknown.</param>
    /// <param name="Stock">By name; null for unknown.</param>
    private sealed record Draft(string State, IReadOnlyDictionary<string, int?> Counts, IReadOnlyDictionary<string, int?> Stock, IReadOnlyList<string> Comms, IReadOnlyList<string> Needs);

    public Task FormAsync(HttpContext context)
    {
        if (FormFields.Of(context.Request.Query).Concept is { } concept)
            return WriteAsync(context, concept, Last(Newest()), FormFields.Empty, Html.None);
        FormAnswers.SeeOther(context, $"/status?concept={FormFields.NewConcept()}");
        return Task.CompletedTask;
    }

    public async Task SendAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var draft = Read(form);
        FormOutcome? outcome = form.Problems.Count > 0 ? null : await intake.HandInAsync("status", concept, json => Write(json, draft));
        if (outcome?.Key is not null)
        {
            // Of a status only the newest counts: it is one line among the site's own messages.
            FormAnswers.SeeOther(context, "/mijn");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await WriteAsync(context, outcome?.Earlier is null ? concept : FormFields.NewConcept(), draft, form, outcome is { } refused ? FormAnswers.Refusal(refused) : Html.None);
    }

    /// <summary>In an exercise what was told in it, or else what is real; outside it never what was practised.</summary>
    private Status? Newest() =>
        ((node.Exercise is null ? null : node.Board.State(site.Id, MessageType.Status, Exercise.Oefening)) ?? node.Board.State(site.Id, MessageType.Status, Exercise.Actueel))?.Message as Status;

    private static Draft Last(Status? status) => new(
        status is null ? "" : status.State.ToString().ToLowerInvariant(),
        new Dictionary<string, int?> { ["present"] = status?.Present, ["capacity"] = status?.Capacity, ["staff"] = status?.Staff, ["powerHours"] = status?.PowerHours },
        new Dictionary<string, int?>
        {
            ["water"] = status?.Supplies.Water,
            ["food"] = status?.Supplies.Food,
            ["firstAid"] = status?.Supplies.FirstAid,
            ["fuel"] = status?.Supplies.Fuel,
            ["heat"] = status?.Supplies.Heat,
        },
        Names(status?.Comms ?? 0, CategoryTable.Current.Comms), Names(status?.Needs ?? 0, CategoryTable.Current.Needs));

    private static List<string> Names(uint bits, IReadOnlyList<string> names) => [.. names.Where((_, place) => (bits & (1u << place)) != 0)];

    private static Draft Read(FormFields form)
    {
        var state = form.Text("state", isLine: true);
        if (!States.Contains(state)) form.Wrong("state", "Kies hoe het met dit punt is.");
        return new Draft(
            States.Contains(state) ? state : "",
            Numbers.ToDictionary(one => one.Name, one => form.Number(one.Name, one.Title, MessageLimits.Count)),
            Stocks.ToDictionary(one => one.Name, one => form.Text(one.Name, isLine: true) is [>= '0' and <= '4' and var level] ? level - '0' : (int?)null),
            [.. form.All("comms").Intersect(CategoryTable.Current.Comms)], [.. form.All("needs").Intersect(CategoryTable.Current.Needs)]);
    }

    private static void Write(Utf8JsonWriter json, Draft draft)
    {
        json.WriteString("state", draft.State);
        foreach (var (name, count) in draft.Counts)
            if (count is { } known) json.WriteNumber(name, known);
        if (draft.Stock.Values.Any(level => level is not null))
        {
            json.WriteStartObject("supplies");
            foreach (var (name, level) in draft.Stock)
                if (level is { } known) json.WriteNumber(name, known);
            json.WriteEndObject();
        }

        WriteNames(json, "comms", draft.Comms);
        WriteNames(json, "needs", draft.Needs);
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> names)
    {
        json.WriteStartArray(name);
        foreach (var one in names) json.WriteStringValue(one);
        json.WriteEndArray();
    }

    private Task WriteAsync(HttpContext context, string concept, Draft draft, FormFields form, Html refusal)
    {
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <form method="post" action="/status">
            {Fields.Hidden("concept", concept)}
            {Fields.Radios(form, "state", "Hoe is het met dit punt?", draft.State, States.Select(name => (name, Choices.WordFor(name))))}
            {Html.Each(Numbers, one => Fields.Number(form, one.Name, one.Title, draft.Counts[one.Name]?.ToString(CultureInfo.InvariantCulture) ?? ""))}
            <h2>Voorraad</h2>
            {Html.Each(Stocks, one => Stock(one.Name, one.Title, draft.Stock[one.Name]))}
            {Fields.Checks("needs", "Wat is hier nodig?", draft.Needs, CategoryTable.Current.Needs.Select(name => (name, Choices.WordFor(name))))}
            {Fields.Checks("comms", "Welke verbindingen werken hier?", draft.Comms, CategoryTable.Current.Comms.Select(name => (name, Choices.WordFor(name))))}
            <button>Verstuur status</button>
            </form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Status van dit punt", body)));
    }

    private static Html Stock(string name, string title, int? chosen) => Html.Of($"""
        <div><label class="title" for="{name}">{title}</label><select id="{name}" name="{name}"><option value="">Weet ik niet</option>{Html.Each(
            Enumerable.Range(0, Levels.Length), level => Html.Of($"<option value=\"{level}\"{Html.When(level == chosen, $" selected")}>{Levels[level]}</option>"))}</select></div>
        """);
}
