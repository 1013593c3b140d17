namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>Puts an emulated modem behind a terminal, so that a driver opens <see cref="Path"/> as it would open the modem.</summary>
internal sealed class EmulatorPort : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modem-");
    private readonly CancellationTokenSource _stop = new();
    private readonly ModemEmulator _modem;
    private readonly NullModemEnd _end;
    private readonly Task _pumping;
    private long _lost;

    internal EmulatorPort(ModemEmulator modem)
    {
        _modem = modem;
        _end = new NullModemEnd(System.IO.Path.Combine(_folder.FullName, modem.Station.Name));
        _end.Plug();
        _modem.ToHost = bytes => Interlocked.Add(ref _lost, bytes.Length - _end.Give(bytes.Span));
        _pumping = Task.Run(PumpAsync);
    }

    /// <summary>The same for as long as this lives, also when the modem is unplugged meanwhile.</summary>
    internal string Path => _end.Path;

    /// <summary>Bytes for which the host made no room, or was not there.</summary>
    internal long Lost => Interlocked.Read(ref _lost);

    /// <summary>The cable comes out: an open port hangs up. The modem keeps its power.</summary>
    internal void Unplug() => _end.Unplug();

    internal void Plug() => _end.Plug();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _modem.ToHost = null;
        _end.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
        if (_pumping.IsFaulted) await _pumping;
    }

    private async Task PumpAsync()
    {
        var buffer = new byte[4_096];
        while (!_stop.IsCancellationRequested)
        {
            for (var taken = _end.Take(buffer); taken > 0; taken = _end.Take(buffer)) _modem.FromHost(buffer.AsSpan(0, taken));
            await Task.Delay(Step, _stop.Token);
        }
    }
}
