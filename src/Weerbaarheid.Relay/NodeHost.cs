using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Observing;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Pages;
using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay;

/// <summary>Builds a node from its configuration and keeps it running, under the generic host, until it is asked to stop.</summary>
internal static class NodeHost
{
    private const int Ok = 0;
    private const int Failed = 1;

    /// <summary>Runs the node.</summary>
    /// <returns>The exit code: 1 when it could not start, or a part of it failed.</returns>
    public static async Task<int> RunAsync(RelayConfiguration configuration, KeyRing keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "weerbaarheid-relay" });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddLines(IsUnderSystemd);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(provider => Build(configuration, keys, time, provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddTelemetry(configuration.Site, configuration.Otlp);
        builder.Services.AddHostedService<RelayService>();
        // The verb owns the signals; the host must not end the process under it.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        var pages = configuration.HttpListen is { } http ? SettingsOf(configuration, http, time) : null;
        if (pages is null) builder.WebHost.UseUrls("http://127.0.0.1:0");
        else builder.WebHost.ListenForPages(pages);
        ILogger? log = null;
        try
        {
            await using var app = builder.Build();
            log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Relay");
            var node = app.Services.GetRequiredService<RelayNode>();
            // The node holds the lock of its store by now, so no other process mends them.
            if (configuration.Keys is KeysConfiguration.File { Path: var keyFile } && KeyFiles.Mend(keyFile) is { } remark) log.KeyFilesRemark(remark);
            if (pages is not null) Serve(app, node, pages, time, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Pages"));
            if (configuration.Otlp is { } otlp) log.TelemetryLeaves(otlp.Authority);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return node.Completion.IsFaulted || !cancellationToken.IsCancellationRequested ? Failed : Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop while it was starting.
            return Ok;
        }
        catch (Exception e) when (e is OutboxException or BrokerStartException or IOException or UnauthorizedAccessException)
        {
            (log ?? Fallback()).CannotRun(e is IOException { InnerException: AddressInUseException } ? PageInUse(configuration) : e.Message);
            return Failed;
        }
    }

    /// <summary>Puts all that a node answers over HTTP in its order.</summary>
    internal static void Serve(WebApplication app, RelayNode node, PageSettings pages, TimeProvider time, ILogger log)
    {
        // Before the door of the pages, which takes forms only.
        app.UseCourier(node, pages.Turn);
        app.UseOperators(node, pages.Turn);
        app.MapPages(node, pages, time, log);
        app.UseMetrics(LocalProgram.IsHere);
    }

    private static PageSettings SettingsOf(RelayConfiguration configuration, IPEndPoint listen, TimeProvider time) => new(configuration.Site, listen)
    {
        Names = configuration.HttpNames,
        Sites = configuration.Sites,
        Map = configuration.Map is { } map ? new MapSheet(map.File, map.West, map.South, map.East, map.North, map.Source) : null,
        IsSetUp = configuration.File is not null,
        PinFile = PinFile.PathOf(configuration),
        Turn = new FileTurn(time),
        Bundle = (status, report) => SupportBundle.Write(configuration, status, report),
    };

    /// <summary>Whether the journal of systemd reads what is said (systemd.exec(5)).</summary>
    private static bool IsUnderSystemd => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    private static string PageInUse(RelayConfiguration configuration) =>
        $"The page cannot listen on {configuration.HttpListen}: another program does. Stop that program, or set \"http\": {{ \"listen\": ... }} to another port.";

    private static ILogger Fallback() => LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)).CreateLogger("Relay");

    private static RelayNode Build(RelayConfiguration configuration, KeyRing keys, TimeProvider time, ILoggerFactory logs)
    {
        Directory.CreateDirectory(configuration.DataFolder);
        IReadOnlyList<ILink> links = [.. configuration.Links.Select(link => Make(link, time, logs.CreateLogger($"Link.{link.Name}")))];
        var settings = new NodeSettings(configuration.Site, keys, configuration.DataFolder, configuration.BrokerListen, links, RelayRules.WithQueue(configuration.QueueMessages))
        {
            Store = OutboxOptions.Default with { Retention = configuration.RetentionRecords, RetentionDays = configuration.RetentionDays, Ballast = (long)configuration.BallastMiB << 20 },
            Exercise = configuration.Exercise,
            Lives = LivesOf(configuration),
            BrokerTls = Tls(configuration.BrokerTls),
        };
        return new RelayNode(settings, time, logs);
    }

    /// <summary>Chance is drawn here and passed on as data.</summary>
    private static LifeFiles LivesOf(RelayConfiguration configuration) =>
        configuration.Lives((uint)RandomNumberGenerator.GetInt32(1, (int)LifeFiles.LastDrawn + 1));

    private static BrokerTls? Tls(TlsListenConfiguration? tls) => tls is null ? null : new BrokerTls(tls.Listen, tls.CertificateFile, tls.KeyFile, tls.CaFile);

    private static ILink Make(LinkOptions link, TimeProvider time, ILogger log) => link switch
    {
        MqttLinkOptions mqtt => new MqttLink(mqtt, time, log),
        UartOptions uart => new ModemLink(UartModem.Describe(uart), uart.Port, uart.Baud, new UartModem(uart), time, log),
        KissOptions { Amateur: true } kiss => new AmateurLink(KissModem.Describe(kiss), () => MakeKiss(kiss, time, log), time, log),
        KissOptions kiss => MakeKiss(kiss, time, log),
        LoRaRadioOptions lora => MakeLoRa(lora, time, log),
        _ => throw new UnreachableException($"Link {link.Name} is of a type that this version does not run."),
    };

    private static ModemLink MakeKiss(KissOptions kiss, TimeProvider time, ILogger log) =>
        new(KissModem.Describe(kiss), kiss.Port, kiss.Baud, new KissModem(kiss), time, log);

    private static ModemLink MakeLoRa(LoRaRadioOptions lora, TimeProvider time, ILogger log)
    {
        var (description, machine) = lora.Type switch
        {
            "rnode" => (RnodeModem.Describe(lora), (IModem)new RnodeModem(lora)),
            "rylr998" => (Rylr998Modem.Describe(lora), new Rylr998Modem(lora)),
            "rn2483" => (Rn2483Modem.Describe(lora), new Rn2483Modem(lora)),
            _ => throw new UnreachableException($"Link {lora.Name} is of a type that this version does not run."),
        };
        return new ModemLink(description, lora.Port, lora.Baud, machine, time, log);
    }

    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The node as a hosted service: when a part of it fails, the host stops.</summary>
    private sealed class RelayService(RelayNode node, IHostApplicationLifetime lifetime) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await node.StartAsync().ConfigureAwait(false);
            _ = StopWithNodeAsync();
        }

        public async Task StopAsync(CancellationToken cancellationToken) => await node.DisposeAsync().ConfigureAwait(false);

        private async Task StopWithNodeAsync()
        {
            await node.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
        }
    }
}
