using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;

namespace Weerbaarheid.Relay.Tests.Broker;

public sealed class GuardingTests
{
    private const string Topic = "weerbaarheid/v1/in/melding";

    public static TheoryData<string> Garbage => new()
    {
        "00", "FFFFFFFFFFFF", "10FFFFFFFFFF", "1000", "100C00044D51545404020000", "3000", "F000", "100E00044D5154540902003C00026161",
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Bytes_that_are_no_connect_end_the_connection(string hex)
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { ConnectTimeout = TimeSpan.FromSeconds(2), PacketTimeout = TimeSpan.FromSeconds(1) });
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Convert.FromHexString(hex));
        var (first, body) = await Raw.ReadAsync(stream);
        // A version that does not exist is told so first (MQTT-3.1.2-2).
        if (first != 0) Assert.Equal("200001", Convert.ToHexString([first, .. body]));
        if (first != 0) first = (await Raw.ReadAsync(stream)).First;
        Assert.Equal(0, first);
    }

    [Fact]
    public async Task A_publish_before_connect_is_not_handed_in()
    {
        await using var bench = await Bench.StartAsync();
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Publish(Topic, """{"type":"melding","text":"x"}""", 1));
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
        Assert.Equal(0, bench.Waiting);
    }

    [Fact]
    public async Task Junk_after_connect_ends_that_connection_only()
    {
        await using var bench = await Bench.StartAsync();
        var honest = await bench.ConnectAsync();
        var random = new Random(72);
        for (var i = 0; i < 50; i++)
        {
            await using var stream = await bench.OpenAsync();
            await stream.WriteAsync(Raw.Connect($"junk{i}"));
            Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
            var junk = new byte[random.Next(2, 200)];
            random.NextBytes(junk);
            await stream.WriteAsync(junk);
        }

        Assert.Equal(MqttClientPublishReasonCode.Success, (await honest.PublishAsync(Bench.Melding()).WaitAsync(Bench.Patience)).ReasonCode);
    }

    [Fact]
    public async Task A_second_connect_ends_the_connection()
    {
        await using var bench = await Bench.StartAsync();
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("een"));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        await stream.WriteAsync(Raw.Connect("een"));
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
    }

    [Fact]
    public async Task A_version_5_client_is_told_the_limit_and_why_its_packet_was_too_large()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { AnnounceMaxPacketBytes = true });
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("groot", version: 5));
        var (first, body) = await Raw.ReadAsync(stream);
        Assert.Equal(0x20, first);
        Assert.True(body.AsSpan().IndexOf(new byte[] { 0x27, 0x00, 0x01, 0x00, 0x00 }) > 0, "CONNACK names Maximum Packet Size 65536.");
        await stream.WriteAsync(Raw.Publish(Topic, new string('x', 1_000_000), 1, version: 5));
        (first, body) = await Raw.ReadAsync(stream);
        Assert.Equal(0xE0, first);
        Assert.Equal(0x95, body[0]);
        Assert.Contains("at most 65536", System.Text.Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task A_packet_that_is_too_large_shows_among_the_rejected()
    {
        await using var bench = await Bench.StartAsync();
        var heard = await bench.ListenAsync(Topics.Rejected);
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("groot"));
        await Raw.ReadAsync(stream);
        // Only the beginning of what is announced: the rest would never be read.
        await stream.WriteAsync(Raw.Publish(Topic, new string('x', 1_000_000), 1).AsMemory(0, 2000));
        using var entry = JsonDocument.Parse((await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
        Assert.Equal("tooLarge", entry.RootElement.GetProperty("reason").GetString());
        Assert.Equal(Topic, entry.RootElement.GetProperty("topic").GetString());
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
    }

    [Fact]
    public async Task A_packet_of_exactly_the_limit_is_taken()
    {
        await using var bench = await Bench.StartAsync();
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("precies", version: 5));
        await Raw.ReadAsync(stream);
        var overhead = Raw.Publish(Topic, new string('x', 50_000), 1, version: 5).Length - 50_000;
        var packet = Raw.Publish(Topic, new string('x', 65536 - overhead), 1, version: 5);
        Assert.Equal(65536, packet.Length);
        await stream.WriteAsync(packet);
        // It is no message, but as a packet it is welcome: a PUBACK with 0x99, no DISCONNECT.
        var (first, body) = await Raw.ReadAsync(stream);
        Assert.Equal(0x40, first);
        Assert.Equal(0x99, body[2]);
    }

    [Fact]
    public async Task A_client_silent_for_longer_than_its_keep_alive_allows_is_dropped()
    {
        await using var bench = await Bench.StartAsync();
        await using var silent = await bench.OpenAsync();
        await using var busy = await bench.OpenAsync();
        await silent.WriteAsync(Raw.Connect("stil", keepAlive: 1));
        await busy.WriteAsync(Raw.Connect("bezig", keepAlive: 60));
        await Raw.ReadAsync(silent);
        await Raw.ReadAsync(busy);
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, (await Raw.ReadAsync(silent)).First);
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.4, 10);
        await busy.WriteAsync(new byte[] { 0xC0, 0 });
        Assert.Equal(0xD0, (await Raw.ReadAsync(busy)).First);
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_is_dropped_and_holds_up_nobody()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { SendTimeout = TimeSpan.FromSeconds(1) });
        await using var stuck = await bench.OpenAsync();
        await stuck.WriteAsync(Raw.Connect("vast"));
        await Raw.ReadAsync(stuck);
        await stuck.WriteAsync(Raw.Subscribe("#", 1));
        Assert.Equal(0x90, (await Raw.ReadAsync(stuck)).First);
        var reader = await bench.ListenAsync("#");

        // More than the buffers of the system and of this process hold together.
        var large = new byte[60_000];
        for (var i = 0; i < 400; i++) await bench.Broker.PublishAsync("weerbaarheid/v1/report", large, retain: false, "text/plain");
        for (var i = 0; i < 400; i++) Assert.Equal(large.Length, (await reader.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.Length);
        await WaitAsync(() => bench.Broker.Connections == 1);
    }

    [Fact]
    public async Task A_second_client_with_the_same_name_takes_over()
    {
        await using var bench = await Bench.StartAsync();
        await using var first = await bench.OpenAsync();
        await first.WriteAsync(Raw.Connect("zelfde"));
        await Raw.ReadAsync(first);
        await using var second = await bench.OpenAsync();
        await second.WriteAsync(Raw.Connect("zelfde"));
        Assert.Equal(0x20, (await Raw.ReadAsync(second)).First);
        Assert.Equal(0, (await Raw.ReadAsync(first)).First);
        await second.WriteAsync(Raw.Publish(Topic, """{"type":"melding","text":"x"}""", 1));
        Assert.Equal(0x40, (await Raw.ReadAsync(second)).First);
    }

    [Theory]
    [InlineData(4, true, 0)]
    [InlineData(4, false, 2)]
    [InlineData(5, true, 0)]
    [InlineData(5, false, 0)]
    public async Task A_client_without_a_name_gets_one_unless_version_3_wants_to_keep_its_session(byte version, bool clean, byte code)
    {
        await using var bench = await Bench.StartAsync();
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("", version, clean));
        var (first, body) = await Raw.ReadAsync(stream);
        Assert.Equal(0x20, first);
        Assert.Equal(code, body[1]);
        if (version == 5) Assert.Contains("auto-", System.Text.Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task Strangers_that_hold_every_place_do_not_lock_an_honest_client_out()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxConnections = 16, ConnectTimeout = Bench.Patience });
        var strangers = new List<NetworkStream>();
        for (var i = 0; i < 30; i++) strangers.Add(await bench.OpenAsync());
        await using var honest = await bench.OpenAsync();
        await honest.WriteAsync(Raw.Connect("eerlijk"));
        Assert.Equal(0x20, (await Raw.ReadAsync(honest)).First);
        await WaitAsync(() => bench.Broker.Connections <= 17);
        foreach (var stranger in strangers) await stranger.DisposeAsync();
    }

    [Fact]
    public async Task With_every_place_taken_the_client_that_was_quiet_longest_makes_room()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxConnections = 2 });
        await using var quiet = await AcceptedAsync(bench, "stil");
        await using var busy = await AcceptedAsync(bench, "bezig");
        await busy.WriteAsync(Raw.Publish(Topic, """{"text":"rook"}""", 1));
        await Raw.ReadAsync(busy);
        await using var third = await AcceptedAsync(bench, "nieuw");
        Assert.Equal(0, (await Raw.ReadAsync(quiet)).First);
        await WaitAsync(() => bench.Broker.Connections == 2);
    }

    private static async Task<NetworkStream> AcceptedAsync(Bench bench, string id)
    {
        var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect(id));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        return stream;
    }

    internal static async Task WaitAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Bench.Patience, "It did not happen in time.");
            await Task.Delay(20);
        }
    }
}
