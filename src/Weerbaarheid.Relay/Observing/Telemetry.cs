using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Observing;

/// <summary>Where the measures go: to whoever asks for <c>/metrics</c> on this machine, and to a collector if one is configured. Nothing else leaves the machine.</summary>
internal static class Telemetry
{
    /// <summary>Where programs on this machine read the figures.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Adds what listens to the node.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="site">Who the node is.</param>
    /// <param name="otlp">The collector (OTLP over HTTP), such as <c>http://127.0.0.1:4318</c>; null for none.</param>
    public static void AddTelemetry(this IServiceCollection services, Site site, Uri? otlp)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddService("weerbaarheid-relay", autoGenerateServiceInstanceId: false, serviceInstanceId: site.Id.ToString(CultureInfo.InvariantCulture)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(NodeMeasures.Name).AddPrometheusExporter();
            if (otlp is not null) metrics.AddOtlpExporter(exporter => Address(exporter, otlp, "v1/metrics"));
        });
        if (otlp is not null) telemetry.WithTracing(traces => traces.AddSource(RecordTraces.Name).AddOtlpExporter(exporter => Address(exporter, otlp, "v1/traces")));
    }

    /// <summary>Answers <see cref="MetricsPath"/>.</summary>
    /// <param name="app">Where.</param>
    /// <param name="isHere">Whether a request comes from this machine: nobody else is answered.</param>
    public static void UseMetrics(this IApplicationBuilder app, Func<HttpContext, bool> isHere) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == MetricsPath && HttpMethods.IsGet(context.Request.Method) && isHere(context));

    private static void Address(OtlpExporterOptions exporter, Uri otlp, string signal)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(otlp.AbsoluteUri.TrimEnd('/') + "/" + signal);
    }
}
