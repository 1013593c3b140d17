using System.Net;
using Weerbaarheid.Relay.Pages.Door;

namespace Weerbaarheid.Relay.Pages;

/// <summary>
/// Who may wait for changes. What the desk looks at must not stand still because others wait, so whoever sits at the machine or gave a coordinator's PIN
/// has seats that nobody else takes; and of either kind one address has its share and no more. Safe to call from several threads.
/// </summary>
internal sealed class ChangeSeats
{
    /// <summary>Seats for the desk.</summary>
    public const int Desk = 64;

    /// <summary>Seats for all others.</summary>
    public const int Others = 64;

    /// <summary>Seats of an address: at the desk several people may sit behind one.</summary>
    public const int OfDeskAddress = 16, OfOtherAddress = 8;

    private readonly Kind _desk = new(Desk, OfDeskAddress);
    private readonly Kind _others = new(Others, OfOtherAddress);

    /// <summary>Takes a seat.</summary>
    /// <param name="isDesk">Whether it is one of the desk's.</param>
    /// <param name="address">From where; null for the machine itself, which has no share but all of the desk's.</param>
    /// <returns>Gives it back; null when there is none.</returns>
    public Action? Take(bool isDesk, IPAddress? address) => (isDesk ? _desk : _others).Take(address);

    private sealed class Kind(int most, int ofAddress)
    {
        private readonly AddressSeats _addresses = new(ofAddress);
        private int _taken;

        public Action? Take(IPAddress? address)
        {
            if (address is not null && !_addresses.TryTake(address)) return null;
            if (Interlocked.Increment(ref _taken) <= most) return () => Leave(address);
            Leave(address);
            return null;
        }

        private void Leave(IPAddress? address)
        {
            Interlocked.Decrement(ref _taken);
            if (address is not null) _addresses.Leave(address);
        }
    }
}
