using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Weerbaarheid.Relay.Broker;

/// <summary>A connection with TLS inside it. Nothing may be read or written before <see cref="AuthenticateAsync"/> has succeeded.</summary>
internal sealed class TlsConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly TlsDoor _door;
    private readonly SslStream _secure;

    public TlsConnection(ConnectionContext inner, TlsDoor door)
    {
        (_inner, _door) = (inner, door);
        _secure = new SslStream(new DuplexStream(inner.Transport.Input.AsStream(), inner.Transport.Output.AsStream()));
        Transport = new Pair(PipeReader.Create(_secure, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(_secure, new StreamPipeWriterOptions(leaveOpen: true)));
    }

    /// <summary>Whom the client's certificate names; null before the handshake.</summary>
    public Guest? Guest { get; private set; }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public override CancellationToken ConnectionClosed => _inner.ConnectionClosed;

    /// <summary>Shakes hands. The time for it is the connection's time to become a client; after that it is aborted from outside.</summary>
    /// <returns>Null when the client may go on, or why not.</returns>
    public async Task<string?> AuthenticateAsync(CancellationToken cancellationToken)
    {
        string? refusal = null;
        try
        {
            await _secure.AuthenticateAsServerAsync(_door.Options(why => refusal = why), cancellationToken).ConfigureAwait(false);
            var name = (_secure.RemoteCertificate as X509Certificate2)?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            if (string.IsNullOrEmpty(name)) return "its certificate has no common name";
            Guest = new Guest(name);
            return null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or ConnectionAbortedException or InvalidOperationException)
        {
            return refusal ?? $"it did not complete TLS ({(e.InnerException ?? e).Message.TrimEnd('.')})";
        }
    }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await _secure.DisposeAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Two one-way streams as one.</summary>
    private sealed class DuplexStream(Stream reading, Stream writing) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => reading.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => reading.ReadAsync(buffer, offset, count, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writing.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => writing.WriteAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");

        public override void Flush()
        {
            // What is written is flushed with every write.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => writing.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
