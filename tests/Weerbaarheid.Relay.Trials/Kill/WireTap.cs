using System.Net;
using System.Net.Sockets;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>
/// Stands between a node's link and the broker that it leads to, passes every byte on, and remembers every envelope that goes by over all lives of
/// both: a number that comes back with other bytes is a nonce used twice, which gives away what both say (RFC 3610 §5.1). Heartbeats and receipts are
/// never stored, so nothing but the wire can show theirs.
/// </summary>
internal sealed class WireTap : IDisposable
{
    private readonly int _upPort;
    private readonly TcpListener _listener;
    private readonly Lock _gate = new();
    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly Dictionary<(ushort Origin, ushort Destination, Series Series, bool IsReceipt, uint Sequence), byte[]> _seen = [];
    private string? _wrong;
    private bool _over;

    public WireTap(int upPort)
    {
        _upPort = upPort;
        _listener = new TcpListener(IPAddress.Loopback, KilledNode.TakePort());
        _listener.Start();
        Run(Accept);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Envelopes that went by for the first time.</summary>
    public int Count
    {
        get { lock (_gate) return _seen.Count; }
    }

    /// <summary>The first number that was used twice; null when none was.</summary>
    public string? Wrong
    {
        get { lock (_gate) return _wrong; }
    }

    /// <summary>The highest number of a site's states that went by (24 bits); no restart may begin below it.</summary>
    public uint HighestState(ushort site)
    {
        lock (_gate) return _seen.Keys.Where(one => one.Origin == site && one.Series == Series.States && !one.IsReceipt).Select(one => one.Sequence).DefaultIfEmpty().Max();
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
        {
            _over = true;
            _keys.Dispose();
        }
    }

    private static void Run(Action action) => new Thread(() => action()) { IsBackground = true }.Start();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var below = _listener.AcceptSocket();
                var above = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    above.Connect(new IPEndPoint(IPAddress.Loopback, _upPort));
                }
                catch (SocketException)
                {
                    above.Dispose();
                    below.Dispose();
                    continue;
                }

                below.NoDelay = true;
                Run(() => Pass(below, above));
                Run(() => Pass(above, below));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The chain is over.
        }
    }

    private void Pass(Socket from, Socket to)
    {
        var (bytes, have) = (new byte[65_536], 0);
        try
        {
            for (int got; (got = from.Receive(bytes, have, bytes.Length - have, SocketFlags.None)) > 0;)
            {
                for (var sent = 0; sent < got;) sent += to.Send(bytes, have + sent, got - sent, SocketFlags.None);
                have += got;
                var rest = (ReadOnlySpan<byte>)bytes.AsSpan(0, have);
                while (Packets.TryTake(ref rest, out var first, out var body))
                    if (first >> 4 == 3) Look(Packets.PayloadOf(first, body));
                rest.CopyTo(bytes);
                have = rest.Length;
                if (have == bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side was killed.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private void Look(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_over || FrameReader.TryOpen(_keys, FrameForm.Wide, frame, out var reader) != FrameOutcome.Opened) return;
            for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
            {
                if (item != FrameItem.Envelope || !EnvelopeHeader.TryRead(reader.Envelope, out var header)) continue;
                var name = (header.Origin, header.Destination, header.Series, header.Type == MessageType.Receipt, header.SequenceLow);
                if (_seen.TryAdd(name, reader.Envelope.ToArray()) || _seen[name].AsSpan().SequenceEqual(reader.Envelope)) continue;
                _wrong ??= $"the number {name} went over the wire with two contents: {Convert.ToHexString(_seen[name])} and {Convert.ToHexString(reader.Envelope)}";
            }
        }
    }
}
