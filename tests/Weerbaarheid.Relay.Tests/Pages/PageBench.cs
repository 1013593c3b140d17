using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Observing;
using Weerbaarheid.Relay.Pages;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages;

/// <summary>The web site of a real node on a free port, and a browser without JavaScript in front of it.</summary>
internal sealed class PageBench : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private PageBench(WebApplication app, HttpClient http) => (_app, _http) = (app, http);

    /// <summary>A page as it was served.</summary>
    internal sealed record Served(HttpStatusCode Status, string Path, IHtmlDocument Document, HttpResponseMessage Response)
    {
        internal string Text => Document.Body!.TextContent;

        internal IHtmlFormElement Form => (IHtmlFormElement)Document.QuerySelector("main form")!;
    }

    internal HttpClient Http => _http;

    /// <summary>From where a request comes, as the pages see it; only these tests look at it.</summary>
    internal const string From = "Test-From";

    /// <param name="with">More settings.</param>
    internal static async Task<PageBench> StartAsync(TestNode node, Site site, string? exercise = null, ILogger? log = null, Func<PageSettings, PageSettings>? with = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var settings = new PageSettings(site, new IPEndPoint(IPAddress.Loopback, 0))
        {
            PinFile = Path.Combine(node.Folder, "pins"),
            Turn = new FileTurn(TimeProvider.System),
            Bundle = (_, _) => [],
        };
        if (exercise is not null) node.Node.BeginExercise(exercise);
        settings = with?.Invoke(settings) ?? settings;
        builder.Services.AddTelemetry(site, otlp: null);
        builder.WebHost.ListenForPages(settings);
        var app = builder.Build();
        // Everything here comes over loopback; a request says from where it would come in the field.
        app.Use(next => context =>
        {
            if (context.Request.Headers[From] is { Count: > 0 } from) context.Connection.RemoteIpAddress = IPAddress.Parse(from.ToString());
            return next(context);
        });
        NodeHost.Serve(app, node.Node, settings, TimeProvider.System, log ?? NullLogger.Instance);
        await app.StartAsync();
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        return new PageBench(app, http);
    }

    /// <summary>Follows a link, and what it leads to.</summary>
    internal Task<Served> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Fills in a form and sends it, as a phone does: what is hidden goes along, and so does the button.</summary>
    internal Task<Served> SubmitAsync(Served page, params (string Name, string Value)[] filled) => SendAsync(Request(page.Form, filled));

    /// <summary>As <see cref="SubmitAsync(Served, ValueTuple{string, string}[])"/>, of the form that goes to this address.</summary>
    internal Task<Served> SubmitToAsync(Served page, string action, params (string Name, string Value)[] filled) =>
        SendAsync(Request(page.Document.QuerySelectorAll("form").OfType<IHtmlFormElement>().Last(form => form.GetAttribute("action") == action), filled));

    /// <summary>Looks at a page again until it says something.</summary>
    internal Task<Served> SaysAsync(string path, string sentence) => Eventually.SeesAsync(
        () => GetAsync(path), page => page.Text.Contains(sentence, StringComparison.Ordinal), page => $"{path} says '{sentence}'; it says {page.Text}");

    internal HttpRequestMessage Request(IHtmlFormElement form, params (string Name, string Value)[] filled)
    {
        var names = filled.Select(one => one.Name).ToHashSet();
        var pairs = Standing(form).Where(one => !names.Contains(one.Name)).Concat(filled).Select(one => KeyValuePair.Create(one.Name, one.Value));
        var body = new FormUrlEncodedContent(pairs);
        var action = form.GetAttribute("action")!;
        if (form.Method == "get") return new HttpRequestMessage(HttpMethod.Get, $"{action}?{body.ReadAsStringAsync().Result}");
        var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = body };
        request.Headers.Add("Origin", _http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return request;
    }

    internal async Task<Served> SendAsync(HttpRequestMessage request)
    {
        var response = await _http.SendAsync(request);
        for (var hops = 0; response.StatusCode == HttpStatusCode.SeeOther && hops < 3; hops++)
            response = await _http.GetAsync(response.Headers.Location);
        var document = await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStreamAsync());
        return new Served(response.StatusCode, response.RequestMessage!.RequestUri!.PathAndQuery, document, response);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>What a form holds before anybody touches it.</summary>
    private static IEnumerable<(string Name, string Value)> Standing(IHtmlFormElement form)
    {
        foreach (var field in form.QuerySelectorAll("input, textarea, select"))
        {
            switch (field)
            {
                case IHtmlInputElement { Type: "radio" or "checkbox", IsChecked: false }: break;
                case IHtmlInputElement input: yield return (input.Name!, input.Value); break;
                case IHtmlTextAreaElement area: yield return (area.Name!, area.Value); break;
                case IHtmlSelectElement select: yield return (select.Name!, select.Value ?? ""); break;
            }
        }
    }
}
