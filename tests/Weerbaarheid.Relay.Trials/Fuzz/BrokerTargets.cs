using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Trials.Kill;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>MQTT from both sides: what a broker sends us, and what a client sends our broker.</summary>
internal static class BrokerTargets
{
    private const int MaxPacket = 16_386;

    private static readonly BrokerOptions Options = new(new IPEndPoint(IPAddress.Loopback, 0), Site: 11);
    private static readonly byte[] Hello = Packets.Connect("fuzz");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("bounded", Bounded, () => [.. new[] { 1, 8, 64, 200 }.SelectMany(piece => Sent().Select(sent => (byte[])[(byte)piece, .. sent]))]) { Share = 15, Longest = 40_000, Words = [[0x32, 0x82, 0x80, 1], [0x30, 0xFF, 0xFF, 0xFF, 0x7F]] },
        new("client", Client, () => [.. Sent().Concat(Said()).Select((sent, i) => (byte[])[(byte)i, .. sent])]) { Share = 6, MostAllocated = 2 << 20 },
    ];

    /// <summary>What gets through is whole packets within the limit; a broker that breaks the format is told from one that ends.</summary>
    private static bool Bounded(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        using var room = new SemaphoreSlim(100_000);
        using var stream = new BoundedPackets(new InPieces(input[1..].ToArray(), 1 + input[0]), MaxPacket, five: (input[0] & 1) == 0, room);
        var (got, buffer) = (new MemoryStream(), new byte[1 + (input[0] * 3)]);
        var wrong = false;
        try
        {
            while (Finished(stream.ReadAsync(buffer.AsMemory())) is > 0 and var count) got.Write(buffer, 0, count);
        }
        catch (InvalidDataException)
        {
            wrong = true;
        }

        Require(got.Length <= input.Length, "more came out than went in");
        var rest = (ReadOnlySpan<byte>)got.GetBuffer().AsSpan(0, (int)got.Length);
        while (Packets.TryTake(ref rest, out _, out var body)) Require(body.Length <= MaxPacket, "a packet beyond the limit got through");
        return !wrong && rest.IsEmpty && got.Length > 0;
    }

    /// <summary>A client at our own broker, up to where the server begins; the first byte says whether it introduces itself, and in what pieces it sends.</summary>
    private static bool Client(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        var (incoming, outgoing) = (NewPipe(), NewPipe());
        var transport = new DefaultConnectionContext { Transport = new Both(incoming.Reader, outgoing.Writer), RemoteEndPoint = Options.Listen, LocalEndPoint = Options.Listen };
        var connection = new ClientConnection(transport, Parts());
        if ((input[0] & 3) != 0) incoming.Writer.Write(Hello);
        incoming.Writer.Write(input[1..]);
        Finished(incoming.Writer.FlushAsync());
        incoming.Writer.Complete();
        var packets = 0;
        while (connection.ReceivePacketAsync(CancellationToken.None).GetAwaiter().GetResult() is { } packet)
        {
            Require(++packets <= input.Length + 1, "more packets than bytes");
            if (packet is MqttConnectPacket) connection.SendPacketAsync(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionAccepted }, CancellationToken.None).GetAwaiter().GetResult();
            Require(packet is not MqttPublishPacket, "the server sees a publication");
        }

        connection.Dispose();
        outgoing.Reader.Complete();
        return packets > 1;
    }

    private static BrokerParts Parts()
    {
        var link = new BrokerLink(_ => ValueTask.CompletedTask);
        var gate = new PublishGate(Options.Site, (_, _) => new(Task.FromResult(SubmitOutcome.Accepted(new EnvelopeKey(11, Series.Records, 1)))), link, _ => ValueTask.CompletedTask);
        var rejections = new Rejections(_ => ValueTask.CompletedTask, TimeProvider.System, NullLogger.Instance);
        var wills = new LastWills(_ => Task.CompletedTask, Options.MaxAbsentSessions, TimeProvider.System, NullLogger.Instance);
        var subscribers = new Subscribers(Options, wills, TimeProvider.System, NullLogger.Instance);
        return new BrokerParts(Options, gate, rejections, subscribers, wills, TimeProvider.System, NullLogger.Instance);
    }

    private static Pipe NewPipe() => new(new PipeOptions(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private static T Finished<T>(ValueTask<T> task)
    {
        Require(task.IsCompleted, "a stream that has all its bytes waits");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>What a broker sends to a link.</summary>
    private static IEnumerable<byte[]> Sent()
    {
        var frame = new byte[300];
        yield return [0x20, 3, 0, 0, 0, .. Packets.Publish("weerbaarheid/v1/wire/to/11", frame, 7, 1, false), .. Packets.PubRel(9)];
        yield return [.. Packets.Publish("t", new byte[17_000], 1, 1, true), .. Packets.Publish("weerbaarheid/v1/wire/all", frame, 7, 2, false), 0xD0, 0];
    }

    /// <summary>What a client sends.</summary>
    private static IEnumerable<byte[]> Said()
    {
        byte[] subscribe = [0x82, 10, 0, 1, 0, 0, 4, .. "a/+#"u8, 1];
        yield return [.. Packets.Publish("weerbaarheid/v1/in/melding", """{"priority":1,"text":"brand"}"""u8.ToArray(), 7, 1, false), .. subscribe, 0xC0, 0];
        yield return [.. Packets.Publish("weerbaarheid/v1/in/status", """{"state":"open"}"""u8.ToArray(), 7, 2, true), .. Packets.PubRel(7), 0xE0, 0];
        yield return [.. Packets.Publish("weerbaarheid/v1/wire/to/11", [1, 2, 3], 7, 0, false), .. subscribe, 0xA2, 7, 0, 2, 0, 0, 2, (byte)'a', (byte)'b', 0x40, 2, 0, 7];
        // MQTT 3.1.1, with a last will and a name; and without an identifier.
        yield return [0x10, 32, 0, 4, .. "MQTT"u8, 4, 0xC6, 0, 60, 0, 1, (byte)'c', 0, 3, .. "a/b"u8, 0, 2, 1, 2, 0, 2, (byte)'u', (byte)'x', 0, 2, (byte)'p', (byte)'w', 0xC0, 0];
        yield return [0x10, 12, 0, 4, .. "MQTT"u8, 4, 0, 0, 0, 0, 0];
    }

    private sealed class Both(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Hands out at most so many bytes at once.</summary>
    private sealed class InPieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
