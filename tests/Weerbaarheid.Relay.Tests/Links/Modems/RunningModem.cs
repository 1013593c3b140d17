using System.Threading.Channels;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>A modem link that runs, with what it reports.</summary>
internal sealed class RunningModem : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LinkEvent> _events = Channel.CreateBounded<LinkEvent>(10_000);
    private readonly Task _run;

    internal RunningModem(LinkDescription description, string port, int baud, IModem machine, TimeProvider? time = null)
    {
        Link = new ModemLink(description, port, baud, machine, time ?? TimeProvider.System, Log);
        _run = Task.Run(() => Link.RunAsync(_events.Writer, _stop.Token));
    }

    internal ModemLink Link { get; }

    internal ListLogger Log { get; } = new();

    internal ChannelReader<LinkEvent> Events => _events.Reader;

    internal static RunningModem Uart(string port, int baud = 115_200, int maxFrame = 233, TimeProvider? time = null)
    {
        var options = new UartOptions("test", port, baud, baud, maxFrame, "test", 1, []);
        return new RunningModem(UartModem.Describe(options), port, baud, new UartModem(options), time);
    }

    internal static async Task<RunningModem> UpAsync(RunningModem modem)
    {
        await modem.Events.NextAsync<LinkEvent.Up>();
        return modem;
    }

    /// <summary>Hands a frame over as soon as the window has room.</summary>
    internal Task SendAsync(long number, ReadOnlyMemory<byte> bytes) =>
        Eventually.TrueAsync(() => Link.TrySend(new OutgoingFrame(number, null, bytes)), $"frame {number} is taken");

    internal async Task<byte[]> ReceivedAsync() => (await Events.NextAsync<LinkEvent.Received>()).Bytes.ToArray();

    internal async Task<string> DownAsync(string part) =>
        (await Events.NextAsync<LinkEvent.Down>(down => down.Reason.Contains(part, StringComparison.Ordinal))).Reason;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Eventually.Limit);
        _stop.Dispose();
    }
}
