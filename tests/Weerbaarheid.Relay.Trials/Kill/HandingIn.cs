using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>
/// One connection of a client that hands in, on one thread: it keeps a window full until it is told to stop, and after the node is dead it still
/// reads what the kernel holds, so that it knows exactly what was acknowledged.
/// </summary>
internal sealed class HandingIn : IDisposable
{
    private static long _clients;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Ledger _ledger;
    private readonly int _window;
    private readonly int _quality;
    private readonly Dictionary<ushort, Handed> _inFlight = [];
    private readonly MemoryStream _out = new();
    private byte[] _in = new byte[16_384];
    private int _have;
    private ushort _lastId;
    private bool _broken;

    private HandingIn(Ledger ledger, int window, int quality) => (_ledger, _window, _quality) = (ledger, window, quality);

    /// <summary>The node has answered CONNECT.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>Connects; null when nobody listens.</summary>
    public static HandingIn? TryConnect(int port, Ledger ledger, int window, int quality)
    {
        var client = new HandingIn(ledger, window, quality);
        try
        {
            client._socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            client._socket.Blocking = false;
            client._out.Write(Packets.Connect(string.Create(CultureInfo.InvariantCulture, $"k{Environment.ProcessId}-{Interlocked.Increment(ref _clients)}")));
            return client;
        }
        catch (SocketException)
        {
            client.Dispose();
            return null;
        }
    }

    /// <summary>Sends and receives for at most so long; stays in this time also when there is nothing to do.</summary>
    /// <returns>What the node did wrong; null when nothing.</returns>
    public string? Pump(TimeSpan most)
    {
        while (IsAccepted && _inFlight.Count < _window && _ledger.Next() is { } handed) Publish(handed);
        Send();
        var wait = (int)Math.Clamp(most.TotalMicroseconds, 0, 10_000);
        if (_broken) Thread.Sleep(TimeSpan.FromMicroseconds(wait));
        else if (_socket.Poll(wait, SelectMode.SelectRead)) Receive();
        return Digest();
    }

    /// <summary>Whether the connection is at its end; before the node is killed that is the node's fault.</summary>
    public bool IsBroken => _broken;

    /// <summary>Whether something awaits its acknowledgement.</summary>
    public bool IsWaiting => _inFlight.Count > 0;

    /// <summary>The node is dead: reads what it still got out, and gives back what was not acknowledged.</summary>
    public string? Finish()
    {
        _socket.Blocking = true;
        _socket.ReceiveTimeout = 10_000;
        while (!_broken) Receive();
        var wrong = Digest();
        foreach (var handed in _inFlight.OrderBy(one => one.Value.Number)) _ledger.Unanswered(handed.Value);
        _inFlight.Clear();
        return wrong;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _out.Dispose();
    }

    private void Publish(Handed handed)
    {
        do _lastId++;
        while (_lastId == 0 || _inFlight.ContainsKey(_lastId));
        _inFlight.Add(_lastId, handed);
        _out.Write(Packets.Publish(handed.Topic, handed.Payload, _lastId, _quality, again: handed.Times++ > 0));
    }

    private void Send()
    {
        if (_out.Length == 0 || _broken) return;
        try
        {
            var sent = _socket.Send(_out.GetBuffer().AsSpan(0, (int)_out.Length), SocketFlags.None);
            var rest = _out.GetBuffer().AsSpan(sent, (int)_out.Length - sent).ToArray();
            _out.SetLength(0);
            _out.Write(rest);
        }
        catch (SocketException e)
        {
            _broken = e.SocketErrorCode != SocketError.WouldBlock;
        }
    }

    private void Receive()
    {
        if (_have == _in.Length) Array.Resize(ref _in, _in.Length * 2);
        try
        {
            var got = _socket.Receive(_in.AsSpan(_have), SocketFlags.None);
            _have += got;
            _broken = got == 0;
        }
        catch (SocketException e)
        {
            _broken = e.SocketErrorCode != SocketError.WouldBlock;
        }
    }

    private string? Digest()
    {
        string? wrong = null;
        var rest = (ReadOnlySpan<byte>)_in.AsSpan(0, _have);
        while (wrong is null && Packets.TryTake(ref rest, out var first, out var body)) wrong = Take(first, body);
        rest.CopyTo(_in);
        _have = rest.Length;
        return wrong;
    }

    private string? Take(byte first, ReadOnlySpan<byte> body)
    {
        switch (first)
        {
            case Packets.ConnAck when body.Length >= 2 && body[1] == 0:
                IsAccepted = true;
                return null;
            case Packets.PubAck or Packets.PubRec:
                var (id, reason, sentence, message) = Packets.ReadAnswer(body);
                if (!_inFlight.Remove(id, out var handed)) return $"packet identifier {id} was acknowledged, which is not in flight";
                if (first == Packets.PubRec && reason < 0x80) _out.Write(Packets.PubRel(id));
                return reason == 0 && message is not null ? _ledger.Acknowledged(handed, message) : $"{handed} was refused: {reason:x2} {sentence}";
            case Packets.PubComp:
                return null;
            default:
                return $"packet {first:x2} {Convert.ToHexString(body)} was not expected";
        }
    }
}
