using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>
/// One durable commit of a batch of 100-byte envelopes, against the least that durability costs: the same bytes written
/// into a preallocated file and fdatasync. The disk is that of the temporary folder; the ratio is what travels.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 2, iterationCount: 8, invocationCount: Commits)]
public class OutboxBenchmark
{
    private const int Commits = 256;
    private const int EnvelopeSize = 100;
    private const int RawFileSize = 64 << 20;

    private readonly StoreChange[][] _puts = new StoreChange[Commits][];
    private readonly StoreChange[][] _submissions = new StoreChange[Commits][];
    private DirectoryInfo? _folder;
    private SqliteOutbox? _outbox;
    private SafeFileHandle? _raw;
    private byte[] _block = [];
    private long _rawAt;
    private int _next;

    /// <summary>Messages in one commit.</summary>
    [Params(1, 16, 64, 256)]
    public int Batch { get; set; }

    /// <summary>Makes the inputs and checks that what is measured is durable and whole.</summary>
    [GlobalSetup]
    public void MakeInputs()
    {
        _folder = Directory.CreateTempSubdirectory("outbox-benchmark-");
        for (var commit = 0; commit < Commits; commit++)
        {
            var envelopes = Enumerable.Range(1, Batch).Select(i => Envelope((ulong)((commit * Batch) + i))).ToArray();
            _puts[commit] = [.. envelopes.Select(e => new StoreChange.Put(e))];
            _submissions[commit] = [.. envelopes.SelectMany(Submission)];
        }

        _block = new byte[Batch * EnvelopeSize];
        Random.Shared.NextBytes(_block);
        _raw = File.OpenHandle(Path.Combine(_folder.FullName, "raw"), FileMode.Create, FileAccess.ReadWrite, preallocationSize: RawFileSize);
        // Written once, so that no later write has to allocate or convert an extent.
        for (var at = 0L; at < RawFileSize; at += 1 << 20) RandomAccess.Write(_raw, new byte[1 << 20], at);
        RandomAccess.FlushToDisk(_raw);
        Check();
    }

    [IterationSetup]
    public void FreshStore()
    {
        _outbox?.Dispose();
        foreach (var old in _folder!.GetFiles("outbox.db*")) old.Delete();
        _outbox = SqliteOutbox.Open(Path.Combine(_folder.FullName, "outbox.db"), site: 11);
        _outbox.Load(0);
        _next = 0;
    }

    [GlobalCleanup]
    public void Clean()
    {
        _outbox?.Dispose();
        _raw?.Dispose();
        _folder?.Delete(recursive: true);
    }

    /// <summary>The floor: the same bytes, in place, and one fdatasync.</summary>
    [Benchmark(Baseline = true)]
    public void RawPreallocatedFdatasync()
    {
        if (_rawAt + _block.Length > RawFileSize) _rawAt = 0;
        RandomAccess.Write(_raw!, _block, _rawAt);
        if (DataSync(_raw!) != 0) throw new IOException("fdatasync failed.");
        _rawAt += _block.Length;
    }

    /// <summary>Envelopes that came in over a link.</summary>
    [Benchmark]
    public void CommitPuts() => _outbox!.Commit(_puts[_next++], TimeSpan.FromSeconds(_next));

    /// <summary>Messages that clients handed in: envelope, counter and client reference each.</summary>
    [Benchmark]
    public void CommitSubmissions() => _outbox!.Commit(_submissions[_next++], TimeSpan.FromSeconds(_next));

    private static IEnumerable<StoreChange> Submission(StoredEnvelope envelope) =>
    [
        new StoreChange.Put(envelope), new StoreChange.SetCounter(Series.Records, envelope.Key.Sequence),
        new StoreChange.PutReference($"client-{envelope.Key.Sequence:x8}", envelope.Key, envelope.BornAt),
    ];

    private static StoredEnvelope Envelope(ulong sequence)
    {
        var header = new EnvelopeHeader(0, SealMode.Sealed, MessageType.Melding, 2, Exercise.Test, 11, Sequence.Low(sequence), 0);
        var bytes = new byte[EnvelopeSize];
        header.Write(bytes);
        new Random((int)sequence).NextBytes(bytes.AsSpan(header.Length));
        return new StoredEnvelope(
            new EnvelopeKey(11, Series.Records, sequence), header, bytes, TimeSpan.FromSeconds(sequence), DateTimeOffset.UnixEpoch.AddSeconds(sequence),
            Custody: true, MessageState.Opgeslagen, Delivered: true, Announced: false, ClientRef: null, Reference: null);
    }

    private void Check()
    {
        FreshStore();
        for (var commit = 0; commit < 3; commit++) CommitSubmissions();
        _outbox!.Dispose();
        using (var again = SqliteOutbox.Open(Path.Combine(_folder!.FullName, "outbox.db"), site: 11))
        {
            var snapshot = again.Load(0);
            if (snapshot.Envelopes.Count != 3 * Batch || snapshot.References.Count != 3 * Batch || again.Quarantined.Count > 0)
                throw new InvalidOperationException($"Of {3 * Batch} messages {snapshot.Envelopes.Count} came back.");
        }

        RawPreallocatedFdatasync();
    }

    // The runtime's own flush is fsync, which also writes the file's times; the floor must not pay for those.
    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
#pragma warning disable SYSLIB1054
    private static extern int DataSync(SafeFileHandle file);
#pragma warning restore SYSLIB1054
}
