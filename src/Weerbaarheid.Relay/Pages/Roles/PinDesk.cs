using System.Threading.Channels;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>Looks at PINs one after the other: each takes a processor for half a second, and there are meldingen to take in.</summary>
internal sealed class PinDesk
{
    /// <summary>PINs that wait.</summary>
    private const int MostWaiting = 8;

    /// <summary>Holds one thing, which whoever's PIN is looked at has taken out.</summary>
    private readonly Channel<bool> _turn = Channel.CreateBounded<bool>(1);

    private int _waiting;

    public PinDesk() => _turn.Writer.TryWrite(true);

    /// <returns>Whether it is the PIN; null when too many wait.</returns>
    public async Task<bool?> IsRightAsync(PinHash hash, string pin, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _turn.Reader.ReadAsync(cancellationToken);
            try
            {
                return await Task.Run(() => hash.Is(pin), CancellationToken.None);
            }
            finally
            {
                _turn.Writer.TryWrite(true);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
