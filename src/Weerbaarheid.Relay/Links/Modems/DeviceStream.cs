using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// The bytes of an open terminal device that was opened without blocking. One thread sleeps in poll until something can be
/// read or written that somebody waits for, so an idle port costs nothing at all and a byte wakes its reader at once.
/// </summary>
/// <remarks>One read and one write at a time. Owns the device.</remarks>
internal sealed class DeviceStream : Stream
{
    private const int StackSize = 128 * 1024;

    private readonly SafeFileHandle _device;
    private readonly SafeFileHandle _wake;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private TaskCompletionSource<bool>? _readable;
    private TaskCompletionSource<bool>? _writable;
    private bool _closed;

    internal DeviceStream(SafeFileHandle device)
    {
        _device = device;
        _wake = Libc.Event(0, Libc.EventFlags);
        if (_wake.IsInvalid) throw LastError();
        _thread = new Thread(Watch, StackSize) { IsBackground = true, Name = "port" };
        _thread.Start();
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <returns>The bytes read; 0 when the device or its other side is gone.</returns>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var ended = false;
        while (true)
        {
            var count = Libc.Read(_device, ref MemoryMarshal.GetReference(buffer.Span), buffer.Length);
            if (count > 0) return (int)count;
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            // A terminal that was told not to wait for a first byte answers 0 when there is none, and so does one that is gone.
            if (ended || error is Libc.InputOutput) return 0;
            if (error is not (0 or Libc.TryAgain or Libc.Interrupted)) throw LastError();
            if (error != Libc.Interrupted) ended = await WaitAsync(read: true, cancellationToken);
        }
    }

    /// <exception cref="IOException">The device is gone.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Libc.Write(_device, in MemoryMarshal.GetReference(buffer.Span), buffer.Length);
            if (count >= 0) buffer = buffer[(int)count..];
            else if (Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted)) throw LastError();
            if (buffer.Length > 0 && await WaitAsync(read: false, cancellationToken)) throw new IOException("The port is gone.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is kept back.
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
        }

        Wake();
        _thread.Join();
        // Closing a serial port waits, for half a minute, until what was written has left; nobody counts on that any more.
        _ = Libc.Discard(_device, Libc.Outgoing);
        _ = Libc.Control(_device, Libc.Share, out _);
        _device.Dispose();
        _wake.Dispose();
        base.Dispose(disposing);
    }

    private static IOException LastError() => new(Marshal.GetLastPInvokeErrorMessage());

    /// <returns>True when the device or its other side is gone; what is left in it may still be read.</returns>
    private Task<bool> WaitAsync(bool read, CancellationToken cancellationToken)
    {
        Task<bool> wait;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            ref var slot = ref (read ? ref _readable : ref _writable);
            slot ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = slot.Task;
        }

        Wake();
        return wait.WaitAsync(cancellationToken);
    }

    private void Wake()
    {
        var one = 1UL;
        // Fails only when it was woken 2^64 times and did not look.
        _ = Libc.Write(_wake, in MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref one, 1))[0], sizeof(ulong));
    }

    private void Watch()
    {
        var entries = new Libc.PollEntry[2];
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        while (true)
        {
            short wanted;
            lock (_lock)
            {
                if (_closed) break;
                wanted = (short)((_readable is null ? 0 : Libc.PollIn) | (_writable is null ? 0 : Libc.PollOut));
            }

            // A device that is gone is always ready; it is left out unless somebody waits for it.
            entries[0] = new Libc.PollEntry { Descriptor = wanted == 0 ? -1 : (int)_device.DangerousGetHandle(), Wanted = wanted };
            entries[1] = new Libc.PollEntry { Descriptor = (int)_wake.DangerousGetHandle(), Wanted = Libc.PollIn };
            if (Libc.Poll(entries, 2, -1) < 0) continue;
            if (entries[1].Found != 0) _ = Libc.Read(_wake, ref count[0], sizeof(ulong));
            Answer(entries[0].Found);
        }

        Answer(Libc.PollEnded);
    }

    private void Answer(short found)
    {
        var ended = (found & Libc.PollEnded) != 0;
        lock (_lock)
        {
            if (_readable is { } readable && (ended || (found & Libc.PollIn) != 0)) Complete(readable, ref _readable);
            if (_writable is { } writable && (ended || (found & Libc.PollOut) != 0)) Complete(writable, ref _writable);
        }

        void Complete(TaskCompletionSource<bool> waiting, ref TaskCompletionSource<bool>? slot)
        {
            slot = null;
            waiting.SetResult(ended);
        }
    }
}
