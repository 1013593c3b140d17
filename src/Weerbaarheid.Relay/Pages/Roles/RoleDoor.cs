using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>
/// The second door, behind the one for every request: who wants to see a part of a role gives its PIN. A role without a PIN is open on the machine
/// itself alone; to volunteers without a PIN everything of theirs is open, because a melding must never wait for a technician.
/// </summary>
/// <param name="book">The PINs.</param>
/// <param name="frame">What stands around a page now.</param>
/// <param name="time">The machine's clocks.</param>
/// <param name="log">Where wrong PINs are told; never what was typed.</param>
internal sealed class RoleDoor(PinBook book, Func<PageFrame> frame, TimeProvider time, ILogger log)
{
    /// <summary>Where one comes in.</summary>
    public const string PinPath = "/pin";

    private const string Cookie = "punt";
    private const string Next = "verder";
    private const int MostFields = 80;

    private readonly PinPace _pace = new(time);
    private readonly SessionTable _sessions = new(book, time);
    private readonly PinPages _pages = new(frame);
    private readonly PinDesk _desk = new();

    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Path == PinPath) return HttpMethods.IsPost(request.Method) ? EnterAsync(context) : ShowAsync(context);
        if (RoleNeeds.Of(context) is not { } role || MayEnter(context, role)) return next(context);
        if (!request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return RefuseAsync(context, role);
        if (!IsCovered(role)) return Say(context, StatusCodes.Status403Forbidden, () => _pages.UnsetAsync(context, role));
        if (request.HasFormContentType && request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return InterruptAsync(context, role, next);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        var back = HttpMethods.IsGet(request.Method) ? $"{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}" : "/";
        context.Response.Headers.Location = $"{PinPath}?rol={PinRoles.NameOf(role)}&{Next}={Uri.EscapeDataString(back)}";
        return Task.CompletedTask;
    }

    /// <summary>Whether a request may see what is a role's.</summary>
    public bool MayEnter(HttpContext context, PinRole role)
    {
        if (book.Of(role) is null && (role == PinRole.Vrijwilliger || IsHere(context))) return true;
        return context.Request.Cookies[Cookie] is { } token && _sessions.Holds(token, role);
    }

    /// <summary>Whether there is a PIN with which the part of a role can be seen.</summary>
    private bool IsCovered(PinRole role) => Enum.GetValues<PinRole>().Any(one => PinRoles.Covers(one, role) && book.Of(one) is not null);

    /// <summary>Whether somebody sits at the machine.</summary>
    private static bool IsHere(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && !Forwarding.Happened(context);

    private Task ShowAsync(HttpContext context)
    {
        var (role, back) = (PinRoles.Parse(context.Request.Query["rol"].ToString()) ?? PinRole.Vrijwilliger, Own(context.Request.Query[Next].ToString()));
        return IsCovered(role) ? _pages.AskAsync(context, role, PinPath, [(Next, back), ("rol", PinRoles.NameOf(role))], problem: null) : _pages.UnsetAsync(context, role);
    }

    /// <summary>A PIN from the page for it.</summary>
    private async Task EnterAsync(HttpContext context)
    {
        var form = await ReadAsync(context);
        if (form.Pin is null && form.Value("weg") == "weg")
        {
            Leave(context);
            return;
        }

        var needed = PinRoles.Parse(form.Value("rol")) ?? PinRole.Vrijwilliger;
        var back = Own(form.Value(Next));
        if (await TryAsync(context, form, needed) is { } problem)
        {
            await Say(context, StatusCodes.Status403Forbidden, () => _pages.AskAsync(context, needed, PinPath, [(Next, back), ("rol", PinRoles.NameOf(needed))], problem));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = back;
    }

    /// <summary>A form that came when the session was over: it is carried through the door, and sent with the PIN, so that nothing that was typed is lost.</summary>
    private async Task InterruptAsync(HttpContext context, PinRole role, RequestDelegate next)
    {
        var form = await ReadAsync(context);
        var problem = form.Pin is null ? "U moet (opnieuw) uw pincode geven. Het formulier is nog niet verstuurd." : await TryAsync(context, form, role);
        if (problem is null)
        {
            await next(context);
            return;
        }

        await Say(context, StatusCodes.Status403Forbidden, () => _pages.AskAsync(context, role, context.Request.Path.ToUriComponent(), form.Carried, problem));
    }

    /// <returns>Why the PIN was not taken, in Dutch; null when the session is open.</returns>
    private async Task<string?> TryAsync(HttpContext context, PinForm form, PinRole needed)
    {
        if (PinRoles.Parse(form.Value(PinPages.RoleField)) is not { } role || !PinRoles.Covers(role, needed)) return "Kies wie u bent.";
        if (book.Of(role) is not { } hash) return $"Voor deze rol is geen pincode ingesteld. De technicus doet dat met: weerbaarheid-relay pin {PinRoles.NameOf(role)}";
        if (form.Pin is not { Length: > 0 } pin) return "Vul de pincode in.";
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (_pace.Take(address) is { } wait) return $"Er is een paar keer een verkeerde pincode gegeven. Wacht {Words(wait)} en probeer het dan opnieuw. Wie al binnen was, merkt hier niets van.";
        switch (await _desk.IsRightAsync(hash, pin, context.RequestAborted))
        {
            case null:
                return "Er proberen nu veel mensen een pincode. Wacht een paar tellen en probeer het opnieuw.";
            case false:
                log.WrongPin(PinRoles.NameOf(role));
                return "Deze pincode klopt niet. Kijk na of u de goede rol koos, en probeer het opnieuw.";
        }

        _pace.Right(address);
        SetCookie(context, _sessions.Open(role, hash, context.Request.Cookies[Cookie]), SessionTable.Lifetime);
        return null;
    }

    private void Leave(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } token) _sessions.Close(token);
        SetCookie(context, "", TimeSpan.Zero);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/";
    }

    private static void SetCookie(HttpContext context, string token, TimeSpan lifetime) => context.Response.Cookies.Append(
        Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = lifetime, IsEssential = true });

    private static async Task<PinForm> ReadAsync(HttpContext context)
    {
        // The server itself stops at the most that a form may be.
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        context.Request.Body = new MemoryStream(bytes);
        try
        {
            return new PinForm(await new FormPipeReader(PipeReader.Create(new ReadOnlySequence<byte>(bytes))) { ValueCountLimit = MostFields }.ReadFormAsync(context.RequestAborted));
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException("The form cannot be read.", StatusCodes.Status400BadRequest, e);
        }
    }

    private Task RefuseAsync(HttpContext context, PinRole role)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var how = IsCovered(role) ? $"Geef eerst de pincode van {PinRoles.NameOf(role)} op {PinPath}." : $"Er is nog geen pincode; de technicus stelt die in met: weerbaarheid-relay pin {PinRoles.NameOf(role)}";
        return Say(context, StatusCodes.Status403Forbidden, () => context.Response.WriteAsync($"Hier is een pincode voor nodig. {how}\n"));
    }

    private static Task Say(HttpContext context, int status, Func<Task> write)
    {
        context.Response.StatusCode = status;
        return write();
    }

    /// <summary>An address of this site itself; its beginning when it is another's, or none.</summary>
    private static string Own(string address) => address is ['/', ..] and not ['/', '/' or '\\', ..] && address.All(c => c is > ' ' and <= '~') && !address.StartsWith(PinPath, StringComparison.Ordinal) ? address : "/";

    private static string Words(TimeSpan wait) => wait.TotalSeconds <= 90 ? $"{(int)Math.Ceiling(wait.TotalSeconds)} tellen" : $"{(int)Math.Ceiling(wait.TotalMinutes)} minuten";
}
