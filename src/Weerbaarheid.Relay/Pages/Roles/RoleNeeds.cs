using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>Which part of the site is whose. What is not named here is the volunteers'.</summary>
internal static class RoleNeeds
{
    /// <summary>For everybody: nothing in it is anybody's, or it is how one comes in.</summary>
    private static readonly PathString[] Open = ["/relay.css", "/relay.js", "/desk.css", "/desk.js", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/bulletins", "/infopunt", "/begin", RoleDoor.PinPath];

    /// <summary>Shows what others sent, carries it out, or says of what is sent from now on that it is not real.</summary>
    private static readonly PathString[] Coordinators = ["/export", "/api/v1/messages", "/api/v1/report", "/meldkamer", "/koerier", "/oefeningen"];

    private static readonly PathString[] Technicians = ["/beheer"];

    private sealed record Need(PinRole Role);

    /// <summary>Says whose an address is, where its path does not.</summary>
    public static T Requires<T>(this T endpoint, PinRole role)
        where T : IEndpointConventionBuilder
    {
        endpoint.Add(one => one.Metadata.Add(new Need(role)));
        return endpoint;
    }

    /// <summary>Whose a request is; null when it is everybody's.</summary>
    public static PinRole? Of(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Need>() is { } need) return need.Role;
        var path = context.Request.Path;
        if (Technicians.Any(one => path.StartsWithSegments(one))) return PinRole.Technicus;
        if (Coordinators.Any(one => path.StartsWithSegments(one))) return PinRole.Coordinator;
        return Open.Any(one => path.StartsWithSegments(one)) ? null : PinRole.Vrijwilliger;
    }
}
