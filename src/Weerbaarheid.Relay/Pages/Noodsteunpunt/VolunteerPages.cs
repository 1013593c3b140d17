using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>The pages of a noodsteunpunt, each under its address.</summary>
internal static class VolunteerPages
{
    /// <summary>Maps them.</summary>
    /// <param name="app">Where.</param>
    /// <param name="node">The node behind them.</param>
    /// <param name="site">Who it is.</param>
    /// <param name="frame">What stands around a page now.</param>
    /// <param name="time">The machine's clocks.</param>
    /// <param name="home">Where they begin.</param>
    /// <param name="isSetUp">Whether anybody wrote a configuration.</param>
    public static void MapVolunteerPages(this IEndpointRouteBuilder app, RelayNode node, Site site, Func<PageFrame> frame, TimeProvider time, string home, bool isSetUp)
    {
        var (intake, moments) = (new FormIntake(node, time), new Moments(DutchTime.At));
        var melding = new MeldingPages(site, frame, intake);
        var status = new StatusPages(node, site, frame, intake);
        var own = new OwnPages(node, site, frame, moments);
        app.MapGet(home, new HomePage(node, site, frame, moments, isSetUp).ShowAsync);
        app.MapGet("/begin", new BeginPage(node, site, frame, isSetUp).ShowAsync);
        app.MapGet("/melding", context => melding.StepAsync(context, MeldingStep.Waar));
        foreach (var step in Enum.GetValues<MeldingStep>()) app.MapGet($"/melding/{MeldingDraft.NameOf(step)}", context => melding.StepAsync(context, step));
        app.MapPost("/melding", melding.SendAsync);
        foreach (var type in (MessageType[])[MessageType.Hulpvraag, MessageType.Hulpaanbod])
        {
            var hulp = new HulpPages(type, site, frame, intake);
            app.MapGet($"/{MessageRules.NameOf(type)}", hulp.FormAsync);
            app.MapPost($"/{MessageRules.NameOf(type)}", hulp.SendAsync);
        }

        app.MapGet("/status", status.FormAsync);
        app.MapPost("/status", status.SendAsync);
        var bulletins = new BulletinPages(node, site, frame, moments);
        app.MapGet("/bulletins", bulletins.ListAsync);
        app.MapGet("/infopunt", bulletins.BoardAsync);
        app.MapGet("/mijn", own.ListAsync);
        var amends = new AmendPages(node, site, frame, intake);
        foreach (var kind in AmendPages.Kinds)
        {
            app.MapGet($"/bericht/{{id}}/{AmendPages.NameOf(kind)}", context => amends.FormAsync(context, (string)context.GetRouteValue("id")!, kind));
            app.MapPost($"/bericht/{{id}}/{AmendPages.NameOf(kind)}", context => amends.SendAsync(context, (string)context.GetRouteValue("id")!, kind));
        }

        app.MapGet("/bericht/{id}", context => own.OneAsync(context, (string)context.GetRouteValue("id")!));
    }
}
