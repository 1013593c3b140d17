using System.Net;

namespace Weerbaarheid.Relay.Pages.Door;

/// <summary>How many connections each address has open, so that one phone cannot take those of all others. Safe to call from several threads.</summary>
/// <param name="most">Connections of one address.</param>
internal sealed class AddressSeats(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _taken = [];

    /// <summary>Takes a seat, unless the address has its share.</summary>
    public bool TryTake(IPAddress address)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(address);
            if (taken >= most) return false;
            _taken[address] = taken + 1;
            return true;
        }
    }

    /// <summary>Gives a seat back.</summary>
    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            if (_taken[address] == 1) _taken.Remove(address);
            else _taken[address]--;
        }
    }
}
