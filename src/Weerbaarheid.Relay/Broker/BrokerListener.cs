using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Accepts connections for the MQTT server on Kestrel's socket transport: pipes over pooled memory, so that nothing is allocated
/// because a stranger announces it, and a connection that says nothing costs no buffer.
/// </summary>
/// <param name="options">Limits, and where it listens without TLS.</param>
/// <param name="parts">What connections share.</param>
/// <param name="door">TLS, and where it listens then; null for none.</param>
internal sealed class BrokerListener(BrokerOptions options, BrokerParts parts, TlsDoor? door = null) : IMqttServerAdapter
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IPEndPoint _listen = door?.Listen ?? options.Listen;
    private IConnectionListener? _listener;
    private ITimer? _sweep;
    private Task _accepting = Task.CompletedTask;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Where it listens; the port is real once started.</summary>
    public IPEndPoint Endpoint => _listener?.EndPoint as IPEndPoint ?? _listen;

    /// <summary>Connections now.</summary>
    public int Connections => _connections.Count;

    /// <exception cref="BrokerStartException">The address cannot be had.</exception>
    public async Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger logger)
    {
        var transport = new SocketTransportOptions { Backlog = options.MaxConnections, MaxReadBufferSize = 65536, MaxWriteBufferSize = 65536 };
        var factory = new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance);
        try
        {
            _listener = await factory.BindAsync(_listen).ConfigureAwait(false);
        }
        catch (AddressInUseException e)
        {
            throw new BrokerStartException(
                $"The broker cannot listen on {_listen}: another program does. Stop that program, or set \"broker\": {{ \"listen\": ... }} to another port.", e);
        }
        catch (SocketException e)
        {
            throw new BrokerStartException(
                $"The broker cannot listen on {_listen}: {e.Message}. Set \"broker\": {{ \"listen\": ... }} to an address of this machine and a port that this account may use.", e);
        }

        _sweep = parts.Time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
        _accepting = AcceptAsync(_listener);
    }

    public async Task StopAsync()
    {
        if (_listener is null) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_sweep is not null) await _sweep.DisposeAsync().ConfigureAwait(false);
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        foreach (var connection in _connections.Keys) connection.Abort("the node stops");
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _listener = null;
    }

    public void Dispose() => _stopping.Dispose();

    private void Sweep()
    {
        foreach (var connection in _connections.Keys) connection.DropIfOverdue();
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false) is not { } transport) return;
                await AdmitAsync(transport).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, most likely: it passes when connections end, and must not spin until then.
                parts.Logger.AcceptingFailed(e.Message);
                await Task.Delay(PauseAfterFailure, parts.Time).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AdmitAsync(ConnectionContext transport)
    {
        if (_connections.Count >= options.MaxConnections) MakeRoom();
        // One that was dropped takes a moment to go; the limit itself never gives way by more than its double.
        if (_connections.Count >= 2 * options.MaxConnections)
        {
            transport.Abort(new ConnectionAbortedException("too many connections"));
            await transport.DisposeAsync().ConfigureAwait(false);
            return;
        }

        if (door is not null) transport = new TlsConnection(transport, door);
        var connection = new ClientConnection(transport, parts);
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = served.Task;
        _ = ServeAsync(connection, transport, served);
    }

    /// <summary>
    /// Drops the connection that has the least claim to its place, so that strangers cannot lock others out by holding all of them:
    /// of many that are not accepted yet the oldest, because an honest client is accepted in milliseconds; else the one that was quiet longest.
    /// </summary>
    private void MakeRoom()
    {
        // One that was dropped already makes no more room by being dropped again.
        var standing = _connections.Keys.Where(connection => !connection.IsEnding).Select(connection => (Connection: connection, connection.Standing)).ToList();
        if (standing.Count < options.MaxConnections) return;
        var strangers = standing.Where(one => !one.Standing.IsAccepted).ToList();
        var candidates = strangers.Count > options.MaxConnections / 8 ? strangers : standing;
        candidates.MinBy(one => one.Standing.QuietSince).Connection?.Abort("another client needs its place");
    }

    private async Task ServeAsync(ClientConnection connection, ConnectionContext transport, TaskCompletionSource served)
    {
        await Task.Yield(); // The next connection is accepted meanwhile.
        try
        {
            if (await connection.EnterAsync(_stopping.Token).ConfigureAwait(false) && ClientHandler is { } handle) await handle(connection).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            parts.Logger.ServingFailed(e.GetType().Name, e.TargetSite?.Name);
        }
        finally
        {
            connection.Dispose();
            await transport.DisposeAsync().ConfigureAwait(false);
            _connections.TryRemove(connection, out _);
            served.SetResult();
        }
    }
}
