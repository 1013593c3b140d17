using System.Threading.Channels;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The shell with machines that want odd things, in time that a test makes.</summary>
public sealed class ModemFailureTests : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    private readonly Pty _pty = new();
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LinkEvent> _events = Channel.CreateUnbounded<LinkEvent>();

    [Fact]
    public void Between_tries_it_waits_longer_and_longer_but_never_long() =>
        Assert.Equal([0, 0.5, 1, 2, 4, 5, 5, 5], ((int[])[0, 1, 2, 3, 4, 5, 6, int.MaxValue]).Select(failures => ModemLink.Delay(failures).TotalSeconds));

    [Fact]
    public async Task A_modem_that_cannot_be_used_is_said_once_and_tried_again_and_again()
    {
        var opened = 0;
        var link = Link(new Scripted { OnOpened = outputs => { opened++; outputs.Add(new ModemOutput.Failed("the modem is a toaster: plug in a modem")); } });
        var run = link.RunAsync(_events.Writer, _stop.Token);
        await PassAsync(() => opened >= 8);
        Assert.InRange(_time.Now.TotalSeconds, 0.5 + 1 + 2 + 4 + 5 + 5, 60);
        Assert.Equal("the modem is a toaster: plug in a modem", (await _events.Reader.NextAsync<LinkEvent.Down>()).Reason);
        await StopAsync(run);
        Assert.False(_events.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_machine_that_is_ready_twice_is_up_once()
    {
        var machine = new Scripted
        {
            OnOpened = outputs => outputs.Add(new ModemOutput.Ready()),
            OnTransmit = (frame, outputs) =>
            {
                outputs.Add(new ModemOutput.Ready());
                outputs.Add(new ModemOutput.Sent(frame.Number));
            },
        };
        var link = Link(machine);
        var run = link.RunAsync(_events.Writer, _stop.Token);
        await _events.Reader.NextAsync<LinkEvent.Up>();
        Assert.True(link.TrySend(new OutgoingFrame(7, null, new byte[5])));
        Assert.Equal(7, Assert.IsType<LinkEvent.Sent>(await _events.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit)).Number);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_port_that_takes_nothing_ends_its_life_after_a_while()
    {
        var machine = new Scripted
        {
            OnOpened = outputs => outputs.Add(new ModemOutput.Ready()),
            // More than a terminal holds (4 KiB), and nobody reads the other side.
            OnTransmit = (_, outputs) => outputs.Add(new ModemOutput.Write(new byte[20_000])),
        };
        var link = Link(machine);
        var run = link.RunAsync(_events.Writer, _stop.Token);
        await _events.Reader.NextAsync<LinkEvent.Up>();
        Assert.True(link.TrySend(new OutgoingFrame(1, null, new byte[5])));
        await PassAsync(() => _events.Reader.Count > 0);
        Assert.InRange(_time.Now.TotalSeconds, 30 + (20_000 * 10 / 9_600.0), 120);
        Assert.StartsWith("the port does not take what is sent (", (await _events.Reader.NextAsync<LinkEvent.Down>()).Reason, StringComparison.Ordinal);
        await StopAsync(run);
    }

    [Fact]
    public async Task A_machine_that_writes_without_end_is_stopped()
    {
        var machine = new Scripted
        {
            OnOpened = outputs =>
            {
                outputs.Add(new ModemOutput.Write(new byte[65_537]));
                outputs.Add(new ModemOutput.Ready());
            },
        };
        var run = Link(machine).RunAsync(_events.Writer, _stop.Token);
        Assert.Equal("the port does not take what is sent (65537 bytes wait): switch the modem off and on", (await _events.Reader.NextAsync<LinkEvent.Down>()).Reason);
        await StopAsync(run);
    }

    [Fact]
    public async Task The_machine_is_asked_when_it_is_due()
    {
        var machine = new Scripted { OnOpened = outputs => outputs.Add(new ModemOutput.Ready()), Due = TimeSpan.FromSeconds(3), OnTick = outputs => outputs.Add(new ModemOutput.Heard(new byte[9])) };
        var run = Link(machine).RunAsync(_events.Writer, _stop.Token);
        await _events.Reader.NextAsync<LinkEvent.Up>();
        await PassAsync(() => _events.Reader.Count > 0);
        Assert.InRange(_time.Now.TotalSeconds, 3, 4);
        Assert.Equal(9, (await _events.Reader.NextAsync<LinkEvent.Received>()).Bytes.Length);
        await StopAsync(run);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _pty.Dispose();
    }

    private ModemLink Link(IModem machine) =>
        new(new LinkDescription("test", "test", 100, 9_600, 1, []), _pty.Path, 9_600, machine, _time, new ListLogger());

    /// <summary>Lets time pass, a little slower than whoever waits for it can follow.</summary>
    private async Task PassAsync(Func<bool> until)
    {
        for (var i = 0; !until(); i++)
        {
            Assert.InRange(i, 0, 10_000);
            _time.Advance(TimeSpan.FromSeconds(0.05));
            await Task.Delay(Poll);
        }
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await run.WaitAsync(Eventually.Limit);
    }

    private sealed class Scripted : IModem
    {
        internal required Action<ModemOutputs> OnOpened { get; init; }

        internal Action<OutgoingFrame, ModemOutputs> OnTransmit { get; init; } = (_, _) => { };

        internal Action<ModemOutputs> OnTick { get; init; } = _ => { };

        internal TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public TimeSpan NextDue => Due;

        public void Opened(TimeSpan now, ModemOutputs outputs) => OnOpened(outputs);

        public void Received(ReadOnlySpan<byte> bytes, TimeSpan now, ModemOutputs outputs)
        {
        }

        public void Transmit(OutgoingFrame frame, TimeSpan now, ModemOutputs outputs) => OnTransmit(frame, outputs);

        public void Tick(TimeSpan now, ModemOutputs outputs)
        {
            Due = TimeSpan.MaxValue;
            OnTick(outputs);
        }
    }
}
