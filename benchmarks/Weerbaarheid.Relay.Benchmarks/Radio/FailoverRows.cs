using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>The noodsteunpunt reaches the meldkamer's broker through a proxy that stops forwarding and resets nothing.</summary>
internal static class FailoverRows
{
    private const int Baud = 1_200;
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<RadioRow>> MeasureAsync(Action<string> say)
    {
        await using var line = new NullModem(Baud);
        CuttableProxy? proxy = null;
        await using var pair = await NodePair.StartAsync(ModemLinks.Uart(line.B.Path, Baud), port =>
        {
            proxy = new CuttableProxy(port);
            return [new MqttLink(new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{proxy.Port}"), 11, []), TimeProvider.System, NullLogger.Instance), ModemLinks.Uart(line.A.Path, Baud)];
        });
        await using var stopped = proxy!;
        var air = new RecordsOnTheWire(line.FromA);
        var took = new List<TimeSpan>();
        var arrived = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            say($"round {round} of {Rounds}");
            await pair.LeadsUpAsync("internet", Patience);
            proxy!.Stall();
            var began = Stopwatch.GetTimestamp();
            await pair.HandInAsync(HeldOutTexts.Dutch[round], priority: 1);
            if (await NodePair.UntilAsync(() => air.FirstAfter(began) is not null, Patience)) took.Add(Stopwatch.GetElapsedTime(began, air.FirstAfter(began)!.Value));
            if (await pair.ReceivedAsync(round, Patience)) arrived++;
            proxy.Restore();
        }

        var worst = took.Count == Rounds ? took.Max().TotalSeconds : double.PositiveInfinity;
        return
        [
            new(
                "MQTT dead without a TCP reset, until the first priority-1 envelope is on the radio", "–", "at most 3 s",
                string.Create(CultureInfo.InvariantCulture, $"{worst:0.00} s, worst of {Rounds}; {arrived} of {Rounds} arrived"), worst <= 3 && arrived == Rounds),
        ];
    }
}
