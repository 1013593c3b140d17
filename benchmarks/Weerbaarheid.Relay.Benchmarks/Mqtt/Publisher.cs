using System.Buffers.Binary;
using System.Diagnostics;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>Keeps a window of QoS 1 publishes unacknowledged, on one thread: it sends as many as were acknowledged, all together.</summary>
internal sealed class Publisher : IDisposable
{
    private readonly Wire _wire;
    private readonly byte[] _outgoing = new byte[1 << 18];
    private ushort _sent;
    private ushort _acknowledged;

    public Publisher(int port, string name) => _wire = new Wire(port, name);

    /// <summary>Publishes so many meldingen and waits for all acknowledgements.</summary>
    public TimeSpan Publish(Meldingen meldingen, int count, int window)
    {
        var began = Stopwatch.GetTimestamp();
        for (int sent = 0, acknowledged = 0; acknowledged < count;)
        {
            var bytes = 0;
            for (; sent < count && sent - acknowledged < window; sent++)
            {
                if (++_sent == 0) _sent = 1;
                bytes += meldingen.WriteNext(_outgoing.AsSpan(bytes), _sent);
                if (bytes < _outgoing.Length - Meldingen.LongestPacket) continue;
                _wire.Send(_outgoing.AsSpan(0, bytes));
                bytes = 0;
            }

            if (bytes > 0) _wire.Send(_outgoing.AsSpan(0, bytes));
            acknowledged += Acknowledgements();
        }

        return Stopwatch.GetElapsedTime(began);
    }

    public void Dispose() => _wire.Dispose();

    private int Acknowledgements()
    {
        var count = 0;
        while (count == 0)
        {
            _wire.Receive();
            for (; Packets.TryRead(_wire.Waiting, out var header, out var size); _wire.Take(size), count++)
            {
                var packet = _wire.Waiting;
                if (++_acknowledged == 0) _acknowledged = 1;
                if (packet[0] != Packets.PubAck || BinaryPrimitives.ReadUInt16BigEndian(packet[header..]) != _acknowledged)
                    throw new IOException($"Instead of the PUBACK of {_acknowledged} came {Convert.ToHexString(packet[..size])}.");
            }
        }

        return count;
    }
}
