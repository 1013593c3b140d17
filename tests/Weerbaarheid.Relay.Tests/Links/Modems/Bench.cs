using System.Text;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>A modem's machine, its port by hand, and time that passes when a test says so.</summary>
internal sealed class Bench
{
    private readonly IModem _modem;
    private readonly ModemOutputs _outputs = new();
    private int _transmitted;

    internal Bench(IModem modem)
    {
        _modem = modem;
        Reopen();
    }

    /// <summary>The settings of most tests: SF8 at 869.525 MHz.</summary>
    internal static LoRaRadioOptions Options(string type) =>
        new("lora", type, "/dev/relay-modem", 115_200, 869_525_000, 125_000, 8, 5, 14, null, null, null, []);

    internal TimeSpan Now { get; private set; } = TimeSpan.FromHours(5);

    internal TimeSpan NextDue => _modem.NextDue;

    /// <summary>Everything the machine wanted, in order, but for writes.</summary>
    internal List<ModemOutput> Happened { get; } = [];

    /// <summary>Each write since it was last asked for.</summary>
    internal List<byte[]> Writes { get; } = [];

    internal int Ready => Happened.OfType<ModemOutput.Ready>().Count();

    internal List<string> Notes => [.. Happened.OfType<ModemOutput.Noted>().Select(note => note.Text)];

    internal List<long> Sent => [.. Happened.OfType<ModemOutput.Sent>().Select(sent => sent.Number)];

    internal List<byte[]> Heard => [.. Happened.OfType<ModemOutput.Heard>().Select(heard => heard.Frame.ToArray())];

    /// <summary>Why it failed; null when it did not.</summary>
    internal string? Failure => Happened.OfType<ModemOutput.Failed>().SingleOrDefault()?.Reason;

    internal void Reopen()
    {
        _modem.Opened(Now, _outputs);
        Collect();
    }

    internal Bench Feed(params byte[] bytes)
    {
        _modem.Received(bytes, Now, _outputs);
        Collect();
        return this;
    }

    internal Bench FeedByByte(params byte[] bytes)
    {
        foreach (var value in bytes) Feed(value);
        return this;
    }

    internal Bench FeedLine(string line) => Feed(Encoding.Latin1.GetBytes(line + "\r\n"));

    internal Bench Transmit(long number, params byte[] frame)
    {
        _transmitted++;
        _modem.Transmit(new OutgoingFrame(number, null, frame), Now, _outputs);
        Collect();
        return this;
    }

    /// <summary>As the shell does it: when the machine is ready and has no frame.</summary>
    internal void TransmitIfFree(params byte[] frame)
    {
        if (Ready == 0 || Failure is not null || _transmitted > Sent.Count) return;
        Transmit(_transmitted + 1, frame);
    }

    /// <summary>Lets time pass, and calls the machine whenever it is due.</summary>
    internal Bench Advance(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        for (var calls = 0; _modem.NextDue <= until; calls++)
        {
            Assert.True(calls < 10_000, "the machine is due again and again");
            Now = _modem.NextDue > Now ? _modem.NextDue : Now;
            _modem.Tick(Now, _outputs);
            Collect();
        }

        Now = until;
        return this;
    }

    /// <summary>What was written since the last time.</summary>
    internal byte[] Written()
    {
        byte[] all = [.. Writes.SelectMany(write => write)];
        Writes.Clear();
        return all;
    }

    /// <summary>The lines written since the last time, without their ends.</summary>
    internal string[] Lines()
    {
        var text = Encoding.ASCII.GetString(Written());
        Assert.True(text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal), text);
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private void Collect()
    {
        while (_outputs.TryTake(out var output))
        {
            if (output is ModemOutput.Write write) Writes.Add(write.Bytes.ToArray());
            else Happened.Add(output);
        }

        Assert.True(Happened.Count < 20_000 && Writes.Count < 20_000, "the machine wants too much");
    }
}
