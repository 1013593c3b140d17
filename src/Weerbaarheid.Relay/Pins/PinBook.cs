namespace Weerbaarheid.Relay.Pins;

/// <summary>
/// The PINs of a running node. A PIN that is set holds within moments, without a restart. A file that cannot be read counts as one without PINs:
/// meldingen are taken, and what others sent is shown on the machine itself alone. Safe to call from several threads.
/// </summary>
/// <param name="path">Of the file; need not exist.</param>
/// <param name="time">The machine's clocks.</param>
internal sealed class PinBook(string path, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private PinSet? _set;
    private (DateTime Written, long Length) _seen;
    private long _looked;

    /// <summary>Why the PINs cannot be read, in Dutch; null when they can.</summary>
    public string? Problem => Current().Problem;

    /// <summary>The PIN of a role; null when it has none.</summary>
    public PinHash? Of(PinRole role) => Current().Hashes.GetValueOrDefault(role);

    private PinSet Current()
    {
        lock (_gate)
        {
            if (_set is not null && time.GetElapsedTime(_looked) < Glance) return _set;
            _looked = time.GetTimestamp();
            var file = new FileInfo(path);
            var now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : (DateTime.MinValue, 0L);
            if (_set is null || now != _seen) (_set, _seen) = (PinFile.Read(path), now);
            return _set;
        }
    }
}
