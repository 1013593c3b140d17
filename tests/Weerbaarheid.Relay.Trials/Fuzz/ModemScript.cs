using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Reads its input as a script: answers, noise, waiting, frames to send, an opening of the port.</summary>
internal sealed class ModemScript(IModem modem, int longest, Func<byte[], byte[]> answer, byte[][] words)
{
    /// <summary>Far above what the longest script gives reason for.</summary>
    private const int MostOutputs = 20_000;

    private static readonly double[] Waits = [0.01, 0.3, 0.6, 2.1, 2.6, 10, 61, 4_000];

    private readonly ModemOutputs _outputs = new();
    private readonly Queue<byte[]> _written = new();
    private readonly HashSet<long> _waiting = [];
    private TimeSpan _now = TimeSpan.FromHours(5);
    private long _number;
    private int _seen;
    private bool _ready;
    private bool _sentSomething;

    /// <summary>Set up, send, hear.</summary>
    public static IReadOnlyList<byte[]> Examples { get; } =
    [
        [0x1A, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x83, 1, 0x0A, 1, 1, 0x1A, 5, 0x83, 1, 1, 0x32],
        [0x22, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x0D, 0x15, 0x1D, 0x25, 0x2D, 0x83, 1, 1, 1, 0x3A, 4, 0x22, 1, 1, 1, 1, 1],
        [0x00, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x1A, 0x1A, 1, 1, 1, 0x32, 0x3A, 1],
    ];

    public bool Run(ReadOnlySpan<byte> script)
    {
        modem.Opened(_now, _outputs);
        Collect();
        for (var at = 0; at < script.Length;)
        {
            var (code, more) = (script[at] & 7, script[at] >> 3);
            at++;
            switch (code)
            {
                case 0:
                    var noise = script.Slice(at, Math.Min(more == 0 && at < script.Length ? script[at] : more, script.Length - at));
                    at += noise.Length;
                    Feed(noise.ToArray());
                    break;
                case 1:
                    if (_written.TryDequeue(out var asked)) Feed(answer(asked));
                    break;
                case 2:
                    Wait(Waits[more & 7]);
                    break;
                case 3:
                    Transmit(1 + (more * 6));
                    break;
                case 4:
                    modem.Opened(_now, _outputs);
                    _ready = false;
                    _waiting.Clear();
                    _written.Clear();
                    break;
                case 5 or 6:
                    var word = words[more % words.Length];
                    Feed(code == 5 ? word : word[..(word.Length / 2)]);
                    break;
                default:
                    Feed([(byte)more, .. words[more % words.Length]]);
                    break;
            }

            Collect();
        }

        return _sentSomething;
    }

    private void Feed(byte[] bytes) => modem.Received(bytes, _now, _outputs);

    /// <summary>As the shell does it: when the machine is ready, and no more than one at a time.</summary>
    private void Transmit(int length)
    {
        if (!_ready || _waiting.Count > 0) return;
        _waiting.Add(++_number);
        modem.Transmit(new OutgoingFrame(_number, null, new byte[length]), _now, _outputs);
    }

    private void Wait(double seconds)
    {
        var until = _now + TimeSpan.FromSeconds(seconds);
        for (var calls = 0; modem.NextDue <= until; calls++)
        {
            Require(calls < 10_000, "the machine is due again and again");
            _now = modem.NextDue > _now ? modem.NextDue : _now;
            modem.Tick(_now, _outputs);
            Collect();
        }

        _now = until;
    }

    private void Collect()
    {
        while (_outputs.TryTake(out var output))
        {
            Require(++_seen < MostOutputs, "the machine wants too much");
            switch (output)
            {
                case ModemOutput.Write write:
                    Require(write.Bytes.Length > 0, "nothing is written");
                    if (_written.Count < 100) _written.Enqueue(write.Bytes.ToArray());
                    break;
                case ModemOutput.Ready:
                    _ready = true;
                    break;
                case ModemOutput.Failed failed:
                    Require(failed.Reason.Length > 0 && !failed.Reason.Any(char.IsControl), "a failure that is no sentence");
                    _ready = false;
                    _waiting.Clear();
                    break;
                case ModemOutput.Noted noted:
                    Require(noted.Text.Length > 0 && !noted.Text.Any(char.IsControl), "a note that is no sentence");
                    break;
                case ModemOutput.Heard heard:
                    Require(heard.Frame.Length > 0 && heard.Frame.Length <= longest, $"a frame of {heard.Frame.Length} bytes was heard");
                    break;
                case ModemOutput.Sent sent:
                    Require(_waiting.Remove(sent.Number), $"frame {sent.Number} is sent, and none waits");
                    _sentSomething = true;
                    break;
            }
        }
    }
}
