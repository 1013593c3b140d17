using System.IO.Ports;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>A port that was opened, or one sentence that says why not and what to do.</summary>
internal readonly record struct OpenedPort(Stream? Stream, string Reason)
{
    public static implicit operator OpenedPort(Stream stream) => new(stream, "");

    public static implicit operator OpenedPort(string reason) => new(null, reason);
}

/// <summary>Opens the port of a modem: a serial device, or a socket when the modem is behind one.</summary>
internal static class ModemPort
{
    private const string TcpPrefix = "tcp://";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Whether this can be a port: a full path, or <c>tcp://host:port</c>.</summary>
    internal static bool IsPossible(string port) =>
        port.StartsWith(TcpPrefix, StringComparison.Ordinal)
            ? Uri.TryCreate(port, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.Port > 0 && uri.AbsolutePath is "/" && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            : port.StartsWith('/') && port.Length > 1;

    /// <param name="baud">Bits per second; a socket has none.</param>
    internal static async Task<OpenedPort> OpenAsync(string port, int baud, TimeProvider time, CancellationToken cancellationToken) =>
        port.StartsWith(TcpPrefix, StringComparison.Ordinal) ? await ConnectAsync(port, time, cancellationToken) : OpenDevice(port, baud);

    /// <summary>Opens a serial device at 8N1 without flow control, for nobody else to use.</summary>
    internal static OpenedPort OpenDevice(string path, int baud)
    {
        if (!OperatingSystem.IsLinux()) return $"a serial port such as '{path}' needs Linux: use tcp://host:port here";
        var device = Libc.Open(path, Libc.OpenPort);
        if (device.IsInvalid) return Sentence(Marshal.GetLastPInvokeError(), path);
        // A pseudo-terminal has none.
        var controlLines = Libc.Control(device, Libc.ControlLines, out _) == 0;
        string reason;
        if (Libc.IsTerminal(device) == 0) reason = $"'{path}' is not a serial port: name the modem's, one of /dev/serial/by-id/*";
        // Root may open what another program keeps for itself, so it is asked for.
        else if (Libc.Lock(device, Libc.LockWhole) != 0 || (Libc.Control(device, Libc.IsExcluded, out var taken) == 0 && taken != 0)) reason = Sentence(Libc.Busy, path);
        else if (SetLine(path, baud, controlLines) is { } problem) reason = problem;
        else
        {
            // Against programs that do not look for the lock. It lasts until the last one closes the port, and the other side of a
            // pseudo-terminal may keep that open: there it would lock us out ourselves after a crash.
            if (controlLines) _ = Libc.Control(device, Libc.Exclude, out _);
            return new DeviceStream(device);
        }

        device.Dispose();
        return reason;
    }

    /// <summary>What an error of Linux means for the person who must get the port working.</summary>
    internal static string Sentence(int error, string path) => error switch
    {
        Libc.NoEntry => $"there is no port '{path}': plug the modem in, or name its port, one of /dev/serial/by-id/*",
        Libc.NoDeviceOrAddress or Libc.NoDevice or Libc.InputOutput => $"there is no modem behind '{path}' any more: plug it in again",
        Libc.AccessDenied or Libc.NotPermitted => $"this account may not use '{path}': add it to the group dialout (sudo usermod -aG dialout {Environment.UserName}) and start again",
        Libc.Busy => $"another program has '{path}' open: stop it (ModemManager, a terminal program, a second relay?), or name another port",
        _ => $"'{path}' cannot be opened ({Marshal.GetPInvokeErrorMessage(error)}): see that it is the modem's port",
    };

    /// <summary>
    /// System.IO.Ports knows every speed of every driver; the settings stay when it lets go, because we hold the device. It does
    /// not move the bytes: while it waits for some it looks for them many times a second.
    /// </summary>
    /// <param name="controlLines">Boards with a processor on USB send nothing without DTR; some start anew when it drops.</param>
    private static string? SetLine(string path, int baud, bool controlLines)
    {
        try
        {
            using var line = new SerialPort(path, baud, Parity.None, 8, StopBits.One) { Handshake = Handshake.None };
            if (controlLines) (line.DtrEnable, line.RtsEnable) = (true, true);
            line.Open();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return Sentence(Libc.Busy, path);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return $"'{path}' cannot be set to {baud} baud, 8N1 ({e.Message.TrimEnd('.')}): write a speed that the port has";
        }
    }

    private static async Task<OpenedPort> ConnectAsync(string port, TimeProvider time, CancellationToken cancellationToken)
    {
        var uri = new Uri(port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A modem may be silent for hours; without this a host that lost its power would look alive for ever.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            using var limit = new CancellationTokenSource(ConnectLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await socket.ConnectAsync(uri.DnsSafeHost, uri.Port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            var why = e is SocketException refused ? refused.SocketErrorCode.ToString() : $"no answer within {ConnectLimit.TotalSeconds:0} s";
            return $"nothing takes the connection at '{port}' ({why}): start the modem there, or correct the address";
        }
    }
}
