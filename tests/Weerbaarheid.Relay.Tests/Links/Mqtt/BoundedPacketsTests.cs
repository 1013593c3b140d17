using CsCheck;
using Weerbaarheid.Relay.Links.Mqtt;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class BoundedPacketsTests
{
    private const int Limit = 16_386;

    [Fact]
    public void Packets_within_the_limit_pass_unchanged_and_larger_messages_pass_empty() =>
        Gen.Select(Gen.Select(Gen.Int[0, 3], Gen.Int[1, 200], Gen.OneOf(Gen.Int[0, 300], Gen.Int[16_000, 17_000], Gen.Int[0, 40_000])).Array[1, 8], Gen.Int[1, 9_000], Gen.Int[1, 9_000], Gen.Bool)
            .Sample((packets, arriving, reading, five) =>
            {
                var sent = packets.Select(p => Publish(p.Item1 == 3 ? 0 : p.Item1, p.Item2, p.Item3, five)).ToArray();
                var expected = packets.Select((p, i) => sent[i].Length <= Limit ? sent[i] : Publish(p.Item1 == 3 ? 0 : p.Item1, p.Item2, 0, five));
                var got = ReadAll([.. sent.SelectMany(p => p)], five, arriving, reading);
                Assert.Equal([.. expected.SelectMany(p => p)], got);
            }, iter: 500);

    [Fact]
    public void Other_packets_beyond_the_limit_end_the_connection() =>
        Assert.Throws<InvalidDataException>(() => ReadAll([0x90, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0], false, 100, 100));

    [Fact]
    public void A_length_of_five_bytes_ends_the_connection() =>
        Assert.Throws<InvalidDataException>(() => ReadAll([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], false, 100, 100));

    [Fact]
    public void A_large_message_with_a_large_topic_ends_the_connection() =>
        Assert.Throws<InvalidDataException>(() => ReadAll([0x32, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF], false, 100, 100));

    [Fact]
    public void A_message_that_announces_256_MB_allocates_next_to_nothing()
    {
        byte[] start = [0x32, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, (byte)'t', 0, 7];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var got = ReadAll(start, five: false, arriving: 100, reading: 100);
        Assert.Equal([0x32, 5, 0, 1, (byte)'t', 0, 7], got);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public async Task Messages_wait_until_those_before_them_were_handled()
    {
        using var room = new SemaphoreSlim(1);
        var two = Publish(1, 1, 1, false);
        await using var stream = new BoundedPackets(new MemoryStream([.. two, .. two]), Limit, false, room);
        var buffer = new byte[two.Length];
        await stream.ReadExactlyAsync(buffer);

        var second = stream.ReadExactlyAsync(buffer).AsTask();
        Assert.False(second.IsCompleted);
        room.Release();
        await second.WaitAsync(Support.Eventually.Limit);
        Assert.Equal(two, buffer);
    }

    private static byte[] Publish(int qos, int topic, int payload, bool five)
    {
        var body = new List<byte>();
        body.AddRange([(byte)(topic >> 8), (byte)topic, .. Enumerable.Repeat((byte)'t', topic)]);
        if (qos > 0)
            body.AddRange([0x12, 0x34]);
        if (five)
            body.Add(0);
        body.AddRange(Enumerable.Range(0, payload).Select(i => (byte)i));

        var packet = new List<byte> { (byte)(0x30 | (qos << 1)) };
        var length = body.Count;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 127 ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. packet, .. body];
    }

    private static byte[] ReadAll(byte[] sent, bool five, int arriving, int reading)
    {
        using var room = new SemaphoreSlim(1_000);
        using var stream = new BoundedPackets(new InChunks(sent, arriving), Limit, five, room);
        var got = new List<byte>();
        var buffer = new byte[reading];
        while (stream.ReadAsync(buffer.AsMemory()).AsTask().GetAwaiter().GetResult() is > 0 and var count)
            got.AddRange(buffer.AsSpan(0, count));
        return [.. got];
    }

    /// <summary>Hands out at most so many bytes at once.</summary>
    private sealed class InChunks(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
