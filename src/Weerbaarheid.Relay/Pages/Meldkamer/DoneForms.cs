namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The newest forms that were done, so that one that is sent again is no second thought about a record that it changed itself. Its user takes turns.</summary>
internal sealed class DoneForms
{
    private const int Most = 512;

    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _order = [];

    public bool Has(string concept) => _known.Contains(concept);

    public void Add(string concept)
    {
        if (!_known.Add(concept)) return;
        _order.Enqueue(concept);
        if (_order.Count > Most) _known.Remove(_order.Dequeue());
    }
}
