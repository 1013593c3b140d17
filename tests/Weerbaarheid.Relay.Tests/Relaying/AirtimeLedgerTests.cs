using CsCheck;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class AirtimeLedgerTests
{
    private const string Band = "EU868 P";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_band_without_a_limit_is_never_full_and_leaves_nothing_on_disk()
    {
        var ledger = new AirtimeLedger([]);
        for (var minute = 0; minute < 120; minute++) ledger.Spend("serial", 1, Seconds(55), TimeSpan.FromMinutes(minute));
        var now = TimeSpan.FromMinutes(119);
        Assert.Equal(TimeSpan.MaxValue, ledger.Left("serial", 1, now));
        Assert.True(ledger.Allows("serial", 1, TimeSpan.FromHours(3), 0.5, now));
        Assert.Equal(now, ledger.NextRoom("serial", 1, Hour, 0, now));
        Assert.InRange(ledger.SpentLastHour("serial", now), TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(58));
        Assert.Empty(Flushed(ledger));
    }

    [Fact]
    public void Links_of_one_band_share_it_and_bands_do_not_share()
    {
        var ledger = new AirtimeLedger([]);
        ledger.Spend(Band, 0.01, Seconds(30), TimeSpan.Zero);
        ledger.Spend(Band, 0.01, Seconds(4), TimeSpan.Zero);
        Assert.Equal(Seconds(2), ledger.Left(Band, 0.01, TimeSpan.Zero));
        Assert.False(ledger.Allows(Band, 0.01, Seconds(3), 0, TimeSpan.Zero));
        Assert.Equal(Seconds(36), ledger.Left("EU868 M", 0.01, TimeSpan.Zero));
    }

    [Fact]
    public void The_reserve_is_left_for_what_asks_without_one()
    {
        var ledger = new AirtimeLedger([]);
        ledger.Spend(Band, 0.01, Seconds(27), TimeSpan.Zero);
        Assert.True(ledger.Allows(Band, 0.01, Seconds(1.8), 0.2, TimeSpan.Zero));
        Assert.False(ledger.Allows(Band, 0.01, Seconds(1.9), 0.2, TimeSpan.Zero));
        Assert.True(ledger.Allows(Band, 0.01, Seconds(9), 0, TimeSpan.Zero));
        Assert.False(ledger.Allows(Band, 0.01, Seconds(1), 1, TimeSpan.Zero));
    }

    [Fact]
    public void A_frame_counts_whole_in_the_minute_in_which_it_can_end_until_an_hour_after_that_minute()
    {
        var ledger = new AirtimeLedger([]);
        // Handed over at 0:38, it may begin at 0:58 and end at 1:02.
        ledger.Spend(Band, 0.01, Seconds(4), Seconds(38));
        Assert.Equal([new StoreChange.SetAirtime(Band, 1, Seconds(4))], Flushed(ledger));
        var until = TimeSpan.FromMinutes(62);
        Assert.Equal(Seconds(4), ledger.SpentLastHour(Band, until - TimeSpan.FromTicks(1)));
        Assert.Equal(TimeSpan.Zero, ledger.SpentLastHour(Band, until));
    }

    [Fact]
    public void A_minute_never_holds_more_than_a_minute_and_the_rest_counts_longer()
    {
        var ledger = new AirtimeLedger([]);
        for (var frame = 0; frame < 20; frame++) ledger.Spend(Band, 0.1, Seconds(8), TimeSpan.Zero);
        Assert.Equal([(0L, 60.0), (1L, 60.0), (2L, 40.0)], Flushed(ledger).Select(change => (change.Minute, change.Spent.TotalSeconds)));
    }

    [Fact]
    public void Only_what_changed_is_written_and_once()
    {
        var ledger = new AirtimeLedger([new StoredAirtime(Band, 0, Seconds(5)), new StoredAirtime("EU868 M", 0, Seconds(5))]);
        Assert.Empty(Flushed(ledger));
        ledger.Spend(Band, 0.1, Seconds(1), TimeSpan.Zero);
        ledger.Spend(Band, 0.1, Seconds(1), TimeSpan.Zero);
        Assert.Equal([new StoreChange.SetAirtime(Band, 0, Seconds(7))], Flushed(ledger));
        Assert.Empty(Flushed(ledger));
    }

    [Fact]
    public void Minutes_ahead_of_the_present_and_of_an_unknown_band_count()
    {
        var ledger = new AirtimeLedger(
            [new StoredAirtime(Band, 70, Seconds(10)), new StoredAirtime(StoredAirtime.UnknownBand, 71, Seconds(20)), new StoredAirtime(Band, 5, Seconds(6))]);
        var now = TimeSpan.FromMinutes(65);
        Assert.Equal(TimeSpan.Zero, ledger.Left(Band, 0.01, now));
        Assert.Equal(Seconds(16), ledger.Left("EU868 M", 0.01, now));
        Assert.Equal(TimeSpan.FromMinutes(66), ledger.NextRoom(Band, 0.01, Seconds(6), 0, now));
        Assert.Equal(TimeSpan.FromMinutes(131), ledger.NextRoom(Band, 0.01, Seconds(7), 0, now));
        Assert.Equal(TimeSpan.FromMinutes(132), ledger.NextRoom(Band, 0.01, Seconds(36), 0, now));
        Assert.Equal(TimeSpan.MaxValue, ledger.NextRoom(Band, 0.01, Seconds(37), 0, now));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Without_a_budget_nothing_is_ever_allowed(double dutyCycle)
    {
        var ledger = new AirtimeLedger([]);
        Assert.False(ledger.Allows(Band, dutyCycle, Seconds(0.1), 0, TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, ledger.Left(Band, dutyCycle, TimeSpan.Zero));
        Assert.Equal(TimeSpan.MaxValue, ledger.NextRoom(Band, dutyCycle, Seconds(0.1), 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_frame_longer_than_two_minutes_is_never_allowed_where_there_is_a_limit()
    {
        var ledger = new AirtimeLedger([]);
        Assert.True(ledger.Allows(Band, 0.1, AirtimeLedger.LongestFrame, 0, TimeSpan.Zero));
        Assert.False(ledger.Allows(Band, 0.1, AirtimeLedger.LongestFrame + TimeSpan.FromTicks(1), 0, TimeSpan.Zero));
        Assert.Equal(TimeSpan.MaxValue, ledger.NextRoom(Band, 0.1, AirtimeLedger.LongestFrame + TimeSpan.FromTicks(1), 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_seventeenth_band_within_the_hour_is_a_defect_and_after_it_takes_the_place_of_an_idle_one()
    {
        var ledger = new AirtimeLedger([]);
        for (var band = 0; band < AirtimeLedger.MaxBands; band++) ledger.Spend($"band {band}", 0.1, Seconds(1), TimeSpan.Zero);
        Flushed(ledger);
        Assert.Throws<InvalidOperationException>(() => ledger.Spend(Band, 0.1, Seconds(1), TimeSpan.FromMinutes(60)));
        ledger.Spend(Band, 0.1, Seconds(1), TimeSpan.FromMinutes(61));
        Assert.Equal(Seconds(1), ledger.SpentLastHour(Band, TimeSpan.FromMinutes(61)));
    }

    [Theory]
    [InlineData(0.1, 0.35)]
    [InlineData(0.1, 2.1)]
    [InlineData(0.01, 0.35)]
    [InlineData(0.01, 1.3)]
    [InlineData(0.5, 8)]
    [InlineData(0.001, 0.7)]
    public void A_sender_that_always_has_more_gets_97_percent_of_the_frames_that_fit_its_budget(double dutyCycle, double seconds)
    {
        var ledger = new AirtimeLedger([]);
        var (sent, airtime) = (0, Seconds(seconds));
        // Starts within a minute, and runs long enough that the first hour, which begins with a full budget, is no advantage.
        var now = Seconds(17);
        var end = now + TimeSpan.FromHours(305);
        while ((now = ledger.NextRoom(Band, dutyCycle, airtime, 0, now)) < end)
        {
            ledger.Spend(Band, dutyCycle, airtime, now);
            now += airtime;
            sent++;
        }

        var perHour = Math.Floor(Hour * dutyCycle / airtime);
        Assert.InRange(sent / (305 * perHour), 0.97, 1);
    }

    private static readonly double[] DutyCycles = [0.001, 0.01, 0.1, 0.4];

    private enum Step
    {
        Send,
        Urgent,
        Wait,
        UntilRoom,
        Crash,
    }

    private static readonly Gen<(Step Step, int Amount, double Late)[]> Lives = Gen.Select(
        Gen.Frequency((12, Gen.Const(Step.Send)), (3, Gen.Const(Step.Urgent)), (3, Gen.Const(Step.Wait)), (3, Gen.Const(Step.UntilRoom)), (1, Gen.Const(Step.Crash))),
        Gen.Int[1, 9_000], Gen.Double[0, 1], (step, amount, late) => (step, amount, late)).Array[20, 220];

    [Fact]
    public void No_hour_ever_holds_more_than_the_duty_cycle_whatever_is_sent_and_however_often_the_node_crashes() =>
        Gen.Select(Lives, Gen.Int[0, 3]).Sample((life, duty) => Live(life, DutyCycles[duty]), iter: 150, threads: 1);

    /// <summary>A node with one radio: node time stands still while it is down and starts at the last commit.</summary>
    private static void Live((Step Step, int Amount, double Late)[] life, double dutyCycle)
    {
        var (store, aired, effects) = (new MemoryOutbox(), new List<(TimeSpan From, TimeSpan To)>(), new Effects());
        var ledger = new AirtimeLedger(store.Load(1).Airtime);
        var (real, now, free) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        foreach (var (step, amount, late) in life)
        {
            var airtime = TimeSpan.FromMilliseconds(amount);
            var reserve = step == Step.Urgent ? 0 : 0.2;
            if (step is Step.Send or Step.Urgent && ledger.Allows(Band, dutyCycle, airtime, reserve, now))
            {
                ledger.Spend(Band, dutyCycle, airtime, now);
                effects.Clear();
                ledger.Flush(effects);
                store.Commit(effects.Changes, now);
                // One after the other, each as late as it may be begun.
                var from = Later(free, real + (late * AirtimeLedger.Lag));
                if (from > real + AirtimeLedger.Lag) from = real + AirtimeLedger.Lag;
                aired.Add((from, free = from + airtime));
            }

            var wait = step switch
            {
                Step.Wait => TimeSpan.FromSeconds(amount / 3.0),
                Step.UntilRoom when ledger.NextRoom(Band, dutyCycle, airtime, reserve, now) is var room && room < TimeSpan.MaxValue => room - now,
                _ => airtime * late,
            };
            (real, now) = (real + wait, now + wait);
            if (step != Step.Crash) continue;
            // Down for a while; a commit since the last frame is not certain.
            real += TimeSpan.FromSeconds(late * 600);
            var snapshot = store.Load(1);
            (now, ledger) = (snapshot.Time, new AirtimeLedger(snapshot.Airtime));
        }

        foreach (var hour in aired.SelectMany(frame => new[] { frame.From, frame.To, frame.From - Hour, frame.To - Hour }))
            Assert.True(aired.Sum(frame => Overlap(frame, hour)) <= Hour.Ticks * dutyCycle, $"Too much in the hour from {hour}.");
    }

    private static long Overlap((TimeSpan From, TimeSpan To) frame, TimeSpan hour)
    {
        var (from, to) = (Later(frame.From, hour), frame.To < hour + Hour ? frame.To : hour + Hour);
        return Math.Max(0, (to - from).Ticks);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static List<StoreChange.SetAirtime> Flushed(AirtimeLedger ledger)
    {
        var effects = new Effects();
        ledger.Flush(effects);
        return [.. effects.Changes.Cast<StoreChange.SetAirtime>()];
    }
}
