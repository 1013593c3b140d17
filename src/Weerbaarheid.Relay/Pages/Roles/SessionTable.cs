using System.Security.Cryptography;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>
/// Who gave a right PIN, by what a cookie holds. In memory alone: a restart asks for the PIN again, and takes no draft along, because those are in
/// the address of the page and in the browser. Safe to call from several threads.
/// </summary>
/// <param name="book">A session ends with the PIN that opened it.</param>
/// <param name="time">The machine's clocks.</param>
internal sealed class SessionTable(PinBook book, TimeProvider time)
{
    /// <summary>How long a session lasts, whatever happens: a shift.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Sessions at once; the oldest makes room. Only who has a PIN takes any.</summary>
    public const int Most = 512;

    private const int TokenSize = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];

    private sealed record Session(IReadOnlyDictionary<PinRole, PinHash> Opened, long Since);

    /// <summary>Opens a session, with what an earlier one of the same browser held, which ends.</summary>
    /// <returns>What its cookie holds.</returns>
    public string Open(PinRole role, PinHash opener, string? earlier)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenSize));
        lock (_gate)
        {
            var opened = new Dictionary<PinRole, PinHash>();
            if (earlier is not null && Find(earlier) is { } before)
            {
                foreach (var (held, hash) in before.Opened) opened[held] = hash;
                _sessions.Remove(earlier);
            }

            opened[role] = opener;
            if (_sessions.Count >= Most) _sessions.Remove(_sessions.MinBy(pair => pair.Value.Since).Key);
            _sessions[token] = new Session(opened, time.GetTimestamp());
            return token;
        }
    }

    /// <summary>Whether a session may do what a role may.</summary>
    public bool Holds(string token, PinRole role)
    {
        lock (_gate)
            return Find(token) is { } session && session.Opened.Any(one => PinRoles.Covers(one.Key, role) && ReferenceEquals(book.Of(one.Key), one.Value));
    }

    public void Close(string token)
    {
        lock (_gate) _sessions.Remove(token);
    }

    private Session? Find(string token)
    {
        if (!_sessions.TryGetValue(token, out var session)) return null;
        if (time.GetElapsedTime(session.Since) < Lifetime) return session;
        _sessions.Remove(token);
        return null;
    }
}
