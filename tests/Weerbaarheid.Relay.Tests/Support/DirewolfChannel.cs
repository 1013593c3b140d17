using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>
/// Real Dire Wolf software modems on one radio channel that is made here: every 20 ms each hears the sum of what the others
/// send, and noise. No sound system: they read sound from their standard input and write it into a pipe.
/// </summary>
internal sealed partial class DirewolfChannel : IAsyncDisposable
{
    private const int Rate = 44_100;
    private const int SamplesInStep = Rate / 50;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("direwolf-");
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Station> _stations = [];
    private readonly Random _random = new(7);
    private readonly int _noise;
    private Task _pumping = Task.CompletedTask;

    private DirewolfChannel(int noise) => _noise = noise;

    /// <summary>While true nobody hears anybody.</summary>
    internal bool IsCut { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    /// <summary>The serial port of a station, from 0.</summary>
    internal string Port(int station) => _stations[station].Port;

    /// <param name="program">The path of <c>direwolf</c>.</param>
    /// <param name="stations">How many modems.</param>
    /// <param name="noise">Peak of the white noise, of 32,767; from 30,000 on frames are lost.</param>
    internal static async Task<DirewolfChannel> StartAsync(string program, int stations = 2, int noise = 0)
    {
        var channel = new DirewolfChannel(noise);
        try
        {
            for (var i = 0; i < stations; i++) channel._stations.Add(new Station(Path.Combine(channel._folder.FullName, $"{i}")));
            channel._pumping = Task.Run(channel.PumpAsync);
            foreach (var station in channel._stations) await station.StartAsync(program);
            return channel;
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var station in _stations) await station.DisposeAsync();
        _stop.Dispose();
        _folder.Delete(recursive: true);
        if (_pumping.IsFaulted) await _pumping;
    }

    /// <summary>In real time, and always: a modem that gets no sound waits for ever with its last frame.</summary>
    private async Task PumpAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var sent = new short[_stations.Count][];
        var heard = new short[SamplesInStep];
        for (var step = 1L; !_stop.IsCancellationRequested; step++)
        {
            var wait = (Step * step) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _stop.Token);
            for (var i = 0; i < sent.Length; i++) sent[i] = _stations[i].Take(SamplesInStep);
            for (var i = 0; i < sent.Length; i++)
            {
                Mix(sent, i, heard);
                _stations[i].Give(heard);
            }
        }
    }

    private void Mix(short[][] sent, int listener, short[] heard)
    {
        for (var at = 0; at < heard.Length; at++)
        {
            var sum = _noise == 0 ? 0 : _random.Next(-_noise, _noise + 1);
            for (var i = 0; i < sent.Length && !IsCut; i++)
                if (i != listener) sum += sent[i][at] * 6 / 10;
            heard[at] = (short)Math.Clamp(sum, short.MinValue, short.MaxValue);
        }
    }

    [GeneratedRegex(@"Virtual KISS TNC is available on (/dev/pts/\d+)")]
    private static partial Regex PortLine();

    /// <summary>One modem with its two pipes, in a folder of its own that is its home.</summary>
    private sealed class Station : IAsyncDisposable
    {
        private const int PipeSize = 1 << 18;
        private const int SetPipeSize = 1_031;

        private readonly string _folder;
        private readonly SafeFileHandle _fromModem;
        private readonly SafeFileHandle _toModem;
        private Process? _process;

        internal Station(string folder)
        {
            _folder = Directory.CreateDirectory(folder).FullName;
            (_fromModem, _toModem) = (Pipe("tx"), Pipe("rx"));
            File.WriteAllText(Path.Combine(_folder, ".asoundrc"), $"pcm.air {{ type file slave.pcm null file \"{_folder}/tx\" format raw }}\n");
            // No port of the network: it would be open to everybody.
            File.WriteAllText(Path.Combine(_folder, "dw.conf"), $"""
                ADEVICE stdin air
                ARATE {Rate}
                ACHANNELS 1
                CHANNEL 0
                MYCALL N0CALL-1
                MODEM 1200
                DWAIT 0
                TXTAIL 5
                AGWPORT 0
                KISSPORT 0

                """);
        }

        internal string Port { get; private set; } = "";

        internal async Task StartAsync(string program)
        {
            var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["-c", "exec \"$0\" -t 0 -q d -p -c dw.conf - < rx", program]) start.ArgumentList.Add(argument);
            start.Environment["HOME"] = _folder;
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _process = new Process { StartInfo = start, EnableRaisingEvents = true };
            _process.OutputDataReceived += (_, line) =>
            {
                if (PortLine().Match(line.Data ?? "") is { Success: true } match) found.TrySetResult(match.Groups[1].Value);
            };
            _process.ErrorDataReceived += (_, _) => { };
            _process.Exited += (_, _) => found.TrySetException(new InvalidOperationException("direwolf ended before it was ready"));
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            Port = await found.Task.WaitAsync(StartLimit);
        }

        /// <summary>What it sent; the rest is silence.</summary>
        internal short[] Take(int samples)
        {
            var sound = new short[samples];
            var bytes = MemoryMarshal.AsBytes(sound.AsSpan());
            var taken = 0;
            while (taken < bytes.Length && Libc.Read(_fromModem, ref bytes[taken], bytes.Length - taken) is > 0 and var count) taken += (int)count;
            return sound;
        }

        /// <summary>What it does not take in time is lost, as with a sound card.</summary>
        internal void Give(short[] sound)
        {
            var bytes = MemoryMarshal.AsBytes(sound.AsSpan());
            _ = Libc.Write(_toModem, in bytes[0], bytes.Length);
        }

        public async ValueTask DisposeAsync()
        {
            if (_process is not null)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
                _process.Dispose();
            }

            _fromModem.Dispose();
            _toModem.Dispose();
        }

        /// <summary>Opened for both directions, so that the opening waits for nobody and the pipe never ends.</summary>
        private SafeFileHandle Pipe(string name)
        {
            var path = Path.Combine(_folder, name);
            if (MakePipe(path, Convert.ToUInt32("600", 8)) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            var pipe = Libc.Open(path, Libc.OpenPort);
            if (pipe.IsInvalid) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{path}: {Marshal.GetLastPInvokeErrorMessage()}"));
            _ = ControlFile(pipe, SetPipeSize, PipeSize);
            return pipe;
        }

        [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
        private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

        [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        private static extern int ControlFile(SafeFileHandle file, int command, nint value);
    }
}
