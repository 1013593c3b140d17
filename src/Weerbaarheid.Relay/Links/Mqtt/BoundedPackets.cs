using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>What a broker sends, with limits: the client itself allocates whatever length a packet announces and queues
/// every message that comes.</summary>
/// <remarks>
/// Looks at fixed headers only (MQTT 5 §2.1). A PUBLISH beyond the limit is replaced by an empty one on the same topic
/// and identifier, because it must be acknowledged: closing the connection instead would bring it back for ever in a
/// session that is kept. Any other packet beyond the limit ends the connection. A PUBLISH first takes a place in
/// <paramref name="room"/>; whoever handled it releases the place. Writes pass untouched.
/// </remarks>
/// <param name="inner">The connection; closed with this.</param>
/// <param name="maxPacket">At least 16386, so that a length beyond it takes 3 bytes: replacing relies on that.</param>
/// <param name="five">Whether a PUBLISH carries a property length (MQTT 5) or not (3.1.1).</param>
internal sealed class BoundedPackets(Stream inner, int maxPacket, bool five, SemaphoreSlim room) : Stream
{
    private const int Publish = 3;

    /// <summary>Ours are shorter, and we subscribe to no others.</summary>
    private const int MaxTopic = 256;

    private readonly byte[] _buffer = new byte[8_192];
    private int _start;
    private int _end;
    private int _passing;
    private int _skipping;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The broker broke a limit or the format.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        if (_passing == 0 && !(await SkipAsync(cancellationToken) && await BeginPacketAsync(cancellationToken)))
            return 0;
        if (!await HaveAsync(1, cancellationToken))
            return 0;
        var count = Math.Min(Math.Min(buffer.Length, _passing), _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        _passing -= count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<bool> BeginPacketAsync(CancellationToken cancellationToken)
    {
        // Fixed header: type and flags (1), remaining length (1 to 4, seven bits each, the lowest first).
        int size = 1, remaining = 0;
        do
        {
            if (size > 4)
                throw new InvalidDataException("The broker sent a packet with a broken length");
            if (!await HaveAsync(size + 1, cancellationToken))
                return false;
            remaining |= (_buffer[_start + size] & 0x7F) << (7 * (size - 1));
            size++;
        }
        while ((_buffer[_start + size - 1] & 0x80) != 0);

        var isPublish = _buffer[_start] >> 4 == Publish;
        if (isPublish)
            await room.WaitAsync(cancellationToken);
        if (size + remaining <= maxPacket)
        {
            _passing = size + remaining;
            return true;
        }

        return isPublish
            ? await EmptyAsync(size, remaining, cancellationToken)
            : throw new InvalidDataException($"The broker sent a packet of {size + remaining} bytes");
    }

    // PUBLISH: header (1 + length), topic length (2), topic, identifier (2, not with QoS 0), properties (5 only), payload.
    private async ValueTask<bool> EmptyAsync(int size, int remaining, CancellationToken cancellationToken)
    {
        if (!await HaveAsync(size + 2, cancellationToken))
            return false;
        var topic = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + size));
        if (topic > MaxTopic)
            throw new InvalidDataException($"The broker sent a topic of {topic} bytes");
        var qos = (_buffer[_start] >> 1) & 3;
        var kept = 2 + topic + (qos > 0 ? 2 : 0);
        if (!await HaveAsync(size + kept, cancellationToken))
            return false;

        // In place: a large length takes 3 or 4 bytes, the small one at most 2 and the property length 1, so it fits.
        var flags = _buffer[_start];
        var properties = five ? 1 : 0;
        var small = kept + properties;
        var header = small < 128 ? 2 : 3;
        _buffer.AsSpan(_start + size, kept).CopyTo(_buffer.AsSpan(_start + header));
        _buffer[_start] = flags;
        _buffer[_start + 1] = (byte)(small < 128 ? small : (small & 0x7F) | 0x80);
        if (header == 3)
            _buffer[_start + 2] = (byte)(small >> 7);
        if (five)
            _buffer[_start + header + kept] = 0;
        Close(_start + header + small, _start + size + kept);
        _passing = header + small;
        _skipping = remaining - kept;
        return true;
    }

    // Removes the bytes from "from" to "to".
    private void Close(int from, int to)
    {
        _buffer.AsSpan(to, _end - to).CopyTo(_buffer.AsSpan(from));
        _end -= to - from;
    }

    private async ValueTask<bool> SkipAsync(CancellationToken cancellationToken)
    {
        while (_skipping > 0)
        {
            if (!await HaveAsync(1, cancellationToken))
                return false;
            var count = Math.Min(_skipping, _end - _start);
            _start += count;
            _skipping -= count;
        }

        return true;
    }

    /// <summary>Reads until this many bytes lie together from <see cref="_start"/> on; false at the end of the stream.</summary>
    private async ValueTask<bool> HaveAsync(int count, CancellationToken cancellationToken)
    {
        if (_start == _end)
            (_start, _end) = (0, 0);
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < count)
        {
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return false;
            _end += read;
        }

        return true;
    }
}
