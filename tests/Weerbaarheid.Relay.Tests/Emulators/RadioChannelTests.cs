using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

public sealed class RadioChannelTests : IDisposable
{
    // 51 bytes take 184.832 ms, 255 bytes 0.7 s.
    private static readonly LoRaTuning Tuning = new(869_525_000, 125_000, 8, 5, 0x12, 8);

    private readonly ManualTime _time = new();
    private readonly RadioChannel _channel;
    private readonly RadioStation _a;
    private readonly RadioStation _b;
    private readonly RadioStation _c;

    public RadioChannelTests()
    {
        _channel = new RadioChannel(_time);
        (_a, _b, _c) = (Join("a"), Join("b"), Join("c"));
    }

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void A_packet_is_heard_by_all_when_its_time_on_air_is_over()
    {
        byte[]? heard = null;
        _b.OnHeard = h => heard = h.Bytes.ToArray();
        _a.Send(Tuning, Packet(51));

        _time.Advance(Ms(184.8));
        Assert.Null(heard);
        _time.Advance(Ms(0.1));
        Assert.Equal(Packet(51), heard);
        Assert.Equal((1, 1), (_b.HeardWhole, _c.HeardWhole));
        Assert.Equal(0, _a.HeardWhole);
        Assert.Equal((1, Ms(184.832)), (_a.Packets, _a.Airtime));
    }

    [Fact]
    public void Two_that_overlap_are_both_lost()
    {
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(184));
        _b.Send(Tuning, Packet(51));
        _time.Advance(Ms(1_000));

        Assert.Equal((0, 2), (_c.HeardWhole, _c.HeardDamaged));
        // Who sends hears nothing of what is sent meanwhile.
        Assert.Equal((0, 0), (_a.HeardWhole + _b.HeardWhole, _a.HeardDamaged + _b.HeardDamaged));
    }

    [Fact]
    public void Another_spreading_factor_or_frequency_does_no_harm_and_another_sync_word_does()
    {
        _a.Send(Tuning, Packet(51));
        _b.Send(Tuning with { SpreadingFactor = 9 }, Packet(51));
        _b.Send(Tuning with { Frequency = 868_100_000 }, Packet(51));
        _time.Advance(Ms(2_000));
        Assert.Equal((1, 0), (_c.HeardWhole, _c.HeardDamaged));

        _a.Send(Tuning, Packet(51));
        _b.Send(Tuning with { SyncWord = 0x34 }, Packet(51));
        _time.Advance(Ms(2_000));
        Assert.Equal((1, 1), (_c.HeardWhole, _c.HeardDamaged));
    }

    [Fact]
    public void Two_that_do_not_hear_each_other_collide_where_both_are_heard()
    {
        _channel.Cut(_a, _b);
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(100));
        Assert.False(_channel.IsBusy(_b, Tuning));
        Assert.True(_channel.IsBusy(_c, Tuning));
        _b.Send(Tuning, Packet(51));
        _time.Advance(Ms(1_000));
        Assert.Equal((0, 2), (_c.HeardWhole, _c.HeardDamaged));

        _channel.Cut();
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(1_000));
        Assert.Equal((0, 2), (_c.HeardWhole, _c.HeardDamaged));

        _channel.Restore();
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(1_000));
        Assert.Equal((1, 1), (_b.HeardWhole, _c.HeardWhole));
    }

    [Fact]
    public void Who_listens_first_waits_for_the_other_and_both_arrive()
    {
        var sense = new CarrierSense(_channel, _b, slots: 15);
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(50));
        sense.WhenClear(() => Tuning, () => _b.Send(Tuning, Packet(51)));
        _time.Advance(Ms(2_000));

        Assert.Equal((2, 0), (_c.HeardWhole, _c.HeardDamaged));
        Assert.True(_channel.Transmissions[1].Start >= _channel.Transmissions[0].End);
    }

    [Fact]
    public void Two_that_listen_and_begin_together_collide_after_all()
    {
        new CarrierSense(_channel, _a, slots: 1).WhenClear(() => Tuning, () => _a.Send(Tuning, Packet(51)));
        new CarrierSense(_channel, _b, slots: 1).WhenClear(() => Tuning, () => _b.Send(Tuning, Packet(51)));
        _time.Advance(Ms(2_000));

        Assert.Equal((0, 2), (_c.HeardWhole, _c.HeardDamaged));
    }

    [Fact]
    public void A_receiver_that_was_tuned_too_late_hears_nothing()
    {
        _a.Send(Tuning, Packet(51));
        _time.Advance(Ms(50));
        _b.Listening = null;
        _b.Listening = Tuning;
        _time.Advance(Ms(1_000));

        Assert.Equal((0, 1), (_b.HeardWhole, _c.HeardWhole));
    }

    [Fact]
    public void The_share_that_is_to_be_lost_is_lost_and_the_same_seed_loses_the_same()
    {
        List<int> Run()
        {
            var time = new ManualTime();
            using var channel = new RadioChannel(time, seed: 7) { Loss = 0.3 };
            var (from, to) = (channel.Join("from"), channel.Join("to"));
            to.Listening = Tuning;
            var heard = new List<int>();
            to.OnHeard = h => heard.Add(h.Bytes.Span[0]);
            for (var i = 0; i < 200; i++)
            {
                from.Send(Tuning, new[] { (byte)i });
                time.Advance(Ms(1_000));
            }

            return heard;
        }

        var first = Run();
        Assert.InRange(first.Count, 120, 160);
        Assert.Equal(first, Run());
    }

    [Fact]
    public void The_worst_hour_is_found_wherever_it_begins()
    {
        var packet = Tuning.TimeOnAir(255);
        foreach (var minute in (int[])[0, 50, 60, 61, 100])
        {
            _time.Advance(TimeSpan.FromMinutes(minute) - _channel.Now);
            _a.Send(Tuning, Packet(255));
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        // 50, 60, 61 and 100 minutes lie in one hour; 0 and 60 do not, but for the tail of the first.
        Assert.Equal(4 * packet, _channel.Transmissions.MostWithin(TimeSpan.FromHours(1)));
        Assert.Equal(packet, _channel.Transmissions.MostWithin(TimeSpan.FromSeconds(30)));
        Assert.Equal(Ms(10), _channel.Transmissions.MostWithin(Ms(10)));
        Assert.Equal(TimeSpan.Zero, Array.Empty<Transmission>().MostWithin(Ms(10)));
    }

    [Fact]
    public async Task Fast_time_is_real_time_but_faster()
    {
        var time = new FastTime(factor: 100);
        using var channel = new RadioChannel(time);
        var (from, to) = (channel.Join("from"), channel.Join("to"));
        to.Listening = Tuning;
        var began = TimeProvider.System.GetTimestamp();
        var ended = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 9; i++) from.Send(Tuning, Packet(255));
        from.Send(Tuning, Packet(255), () => ended.SetResult(channel.Now));

        // Ten packets of 0.7 s are seven seconds on the air, and a hundredth of that here.
        Assert.True(await ended.Task.WaitAsync(Eventually.Limit) >= 10 * Tuning.TimeOnAir(255));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= Tuning.TimeOnAir(255) / 10);
        Assert.Equal(10, to.HeardWhole);
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static byte[] Packet(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private RadioStation Join(string name)
    {
        var station = _channel.Join(name);
        station.Listening = Tuning;
        return station;
    }
}
