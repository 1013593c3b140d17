using System.Collections.Concurrent;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Which connection speaks for a client identifier: one. The server lets two connections take from one queue while one takes over from
/// the other, and a delivery could fall between them; so the old one is at its end before the server sees the new one.
/// </summary>
internal sealed class Seats(TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ClientConnection> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes over from whoever sits there (MQTT-3.1.4-3).</summary>
    /// <returns>False when the old connection does not end in time.</returns>
    public async ValueTask<bool> TakeAsync(string clientId, ClientConnection connection)
    {
        var since = time.GetTimestamp();
        while (!_taken.TryAdd(clientId, connection))
        {
            if (!_taken.TryGetValue(clientId, out var old)) continue;
            old.TakeOver();
            if (time.GetElapsedTime(since) > patience) return false;
            await Task.WhenAny(old.Gone, Task.Delay(patience, time)).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>The connection is at its end.</summary>
    public void Leave(string clientId, ClientConnection connection) => _taken.TryRemove(new KeyValuePair<string, ClientConnection>(clientId, connection));
}
