using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>
/// Durable commits of batches of 100-byte envelopes, beside the least that durability costs on the same disk: 100 bytes
/// written in place and fdatasync. Everything is in a folder of its own, which is deleted at the end.
/// </summary>
internal sealed class StoreProbes : IDisposable
{
    public static readonly IReadOnlyList<int> Batches = [1, 16, 64, 256];

    /// <summary>Envelopes written for one batch size at most: about 25 MB of disk with the journal.</summary>
    private const int MostEnvelopes = 60_000;

    private const int MostSyncs = 20_000;
    private const int EnvelopeSize = 100;
    private const int RawFileSize = 4 << 20;

    private readonly DirectoryInfo _folder;
    private readonly SafeFileHandle _raw;
    private readonly byte[] _block = new byte[EnvelopeSize];
    private readonly Queue<StoreChange[]> _prepared = new();
    private SqliteOutbox? _outbox;
    private ulong _sequence;
    private long _rawAt;

    /// <param name="data">The folder whose disk is measured; made when it is not there.</param>
    /// <exception cref="IOException">It cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written to.</exception>
    public StoreProbes(string data)
    {
        _folder = Directory.CreateDirectory(Path.Combine(data, $"bench-{Path.GetRandomFileName()}"));
        _raw = File.OpenHandle(Path.Combine(_folder.FullName, "raw"), FileMode.CreateNew, FileAccess.ReadWrite, preallocationSize: RawFileSize);
        // Written once, so that no later write has to allocate or convert an extent.
        for (var at = 0L; at < RawFileSize; at += 1 << 20) RandomAccess.Write(_raw, new byte[1 << 20], at);
        RandomAccess.FlushToDisk(_raw);
    }

    public Probe RawSync() => new("fdatasync", SyncRaw, Most: MostSyncs);

    /// <summary>Commits of so many envelopes into a new store; the probe before it is over.</summary>
    public Probe Commits(int batch)
    {
        _outbox?.Dispose();
        _prepared.Clear();
        _outbox = SqliteOutbox.Open(Path.Combine(_folder.FullName, $"outbox-{batch}.db"), site: 11);
        _outbox.Load(0);
        return new Probe(NameOf(batch), Commit, count => Prepare(count, batch), MostEnvelopes / batch);
    }

    /// <summary>Messages in one commit of the probe of that name; null when it is another probe.</summary>
    public static int? BatchOf(string name) => Batches.Where(batch => NameOf(batch) == name).Select(batch => (int?)batch).FirstOrDefault();

    private static string NameOf(int batch) => $"outbox commit of {batch}";

    public void Dispose()
    {
        _outbox?.Dispose();
        _raw.Dispose();
        _folder.Delete(recursive: true);
    }

    private void SyncRaw(int count)
    {
        for (; count > 0; count--)
        {
            RandomAccess.Write(_raw, _block, _rawAt);
            if (DataSync(_raw) != 0) throw new IOException($"fdatasync failed: error {Marshal.GetLastPInvokeError()}");
            _rawAt = (_rawAt + EnvelopeSize) % (RawFileSize - EnvelopeSize);
        }
    }

    private void Commit(int count)
    {
        for (; count > 0; count--) _outbox!.Commit(_prepared.Dequeue(), TimeSpan.FromSeconds(_sequence));
    }

    private void Prepare(int count, int batch)
    {
        for (; count > 0; count--) _prepared.Enqueue([.. Enumerable.Range(0, batch).Select(_ => new StoreChange.Put(NextEnvelope()))]);
    }

    private StoredEnvelope NextEnvelope()
    {
        var sequence = ++_sequence;
        var header = new EnvelopeHeader(0, SealMode.Sealed, MessageType.Melding, 2, Exercise.Test, 11, Sequence.Low(sequence), 0);
        var bytes = new byte[EnvelopeSize];
        header.Write(bytes);
        return new StoredEnvelope(
            new EnvelopeKey(11, Series.Records, sequence), header, bytes, TimeSpan.FromSeconds(sequence), DateTimeOffset.UnixEpoch.AddSeconds(sequence),
            Custody: true, MessageState.Opgeslagen, Delivered: true, Announced: false, ClientRef: null, Reference: null);
    }

    // The runtime's own flush is fsync, which also writes the file's times; the floor must not pay for those.
    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
#pragma warning disable SYSLIB1054
    private static extern int DataSync(SafeFileHandle file);
#pragma warning restore SYSLIB1054
}
