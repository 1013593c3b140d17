using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

/// <summary>A link that runs, with what it reports.</summary>
internal sealed class RunningLink : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LinkEvent> _events;
    private readonly Task _run;
    private long _number;

    internal RunningLink(MqttLinkOptions options, int capacity = 1_000, ILogger? log = null)
    {
        _events = Channel.CreateBounded<LinkEvent>(capacity);
        Link = new MqttLink(options, TimeProvider.System, log ?? NullLogger.Instance);
        _run = Task.Run(() => Link.RunAsync(_events.Writer, _stop.Token));
    }

    internal MqttLink Link { get; }

    internal ChannelReader<LinkEvent> Events => _events.Reader;

    internal static MqttLinkOptions Options(Uri uri, ushort site, string? protocol = null) => new("test", uri, site, [], protocol)
    {
        Timings = new MqttTimings { KeepAlive = TimeSpan.FromSeconds(2), Connect = TimeSpan.FromSeconds(5), Acknowledge = TimeSpan.FromSeconds(2) },
    };

    internal static async Task<RunningLink> UpAsync(MqttLinkOptions options)
    {
        var link = new RunningLink(options);
        await link.Events.NextAsync<LinkEvent.Up>();
        return link;
    }

    /// <summary>Frames that were taken are numbered from 1.</summary>
    internal bool Send(ushort? to, params byte[] bytes)
    {
        if (!Link.TrySend(new OutgoingFrame(_number + 1, to, bytes)))
            return false;
        _number++;
        return true;
    }

    internal async Task<byte[]> ReceivedAsync() => (await Events.NextAsync<LinkEvent.Received>()).Bytes.ToArray();

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Eventually.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
