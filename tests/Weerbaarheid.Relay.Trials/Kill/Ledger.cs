using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>One message that a client hands in, perhaps several times.</summary>
/// <param name="number">Its place in the chain.</param>
/// <param name="isStatus">A state, of which only the newest is kept; else a record.</param>
/// <param name="mark">What only this message says: the text of a melding, the number present of a status.</param>
/// <param name="priority">1 to 4.</param>
/// <param name="reference">The client's own reference; null for none.</param>
/// <param name="payload">The JSON.</param>
internal sealed class Handed(int number, bool isStatus, string mark, int priority, string? reference, byte[] payload)
{
    public int Number => number;

    public bool IsStatus => isStatus;

    public string Mark => mark;

    public int Priority => priority;

    public string? Reference => reference;

    public byte[] Payload => payload;

    public string Topic => isStatus ? "weerbaarheid/v1/in/status" : "weerbaarheid/v1/in/melding";

    /// <summary>Times that it was handed in.</summary>
    public int Times { get; set; }

    /// <summary>Its id, once it was acknowledged or seen in the store; from then on it must be there.</summary>
    public string? Id { get; set; }

    public bool IsAcknowledged { get; set; }

    public override string ToString() => $"'{mark}' (handed in {Times} times, {(IsAcknowledged ? $"acknowledged as {Id}" : Id is null ? "never seen" : $"seen in the store as {Id}")})";
}

/// <summary>What a client handed in over all lives of a node, what it was told, and so what must hold.</summary>
/// <param name="chain">Number of the chain; part of every text.</param>
/// <param name="random">Decides what is handed in.</param>
internal sealed class Ledger(long chain, SplitMix64 random)
{
    private static readonly string[] Words = ["brand", "water tot de stoeprand", "hal sporthal", "één gewonde", "stroom uit", "dijk", "medicijnen op", "lift vast"];

    private readonly Dictionary<string, Handed> _byMark = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Handed> _byId = new(StringComparer.Ordinal);
    private readonly Queue<Handed> _again = new();
    private readonly List<Handed> _named = [];

    /// <summary>Messages that may still be made in this life.</summary>
    public int Left { get; set; }

    public IEnumerable<Handed> All => _byMark.Values;

    public int Acknowledgements { get; private set; }

    /// <summary>Messages that were in flight when a node was killed, and were not answered.</summary>
    public int InFlight { get; private set; }

    /// <summary>How many of those lay in the store all the same: committed, and killed before the acknowledgement got out.</summary>
    public int Kept { get; private set; }

    /// <summary>The next to hand in: first what an earlier life did not acknowledge, under the same reference.</summary>
    public Handed? Next()
    {
        if (_again.TryDequeue(out var again)) return again;
        if (Left <= 0) return null;
        Left--;
        // Now and then one that was acknowledged long ago, as a client does that forgot: it must get the same number, in whichever life.
        if (_named.Count > 0 && random.Next() % 16 == 0) return _named[(int)(random.Next() % (ulong)_named.Count)];
        var handed = Make(_byMark.Count + 1);
        _byMark.Add(handed.Mark, handed);
        return handed;
    }

    /// <summary>The node says that it has it.</summary>
    /// <returns>What is wrong with that; null when nothing.</returns>
    public string? Acknowledged(Handed handed, string id)
    {
        Acknowledgements++;
        if (handed is { IsAcknowledged: false, IsStatus: false, Reference: not null }) _named.Add(handed);
        handed.IsAcknowledged = true;
        return Bind(handed, id);
    }

    /// <summary>It got no answer: a client may hand it in again, or give up.</summary>
    public void Unanswered(Handed handed)
    {
        InFlight++;
        if (handed.IsAcknowledged) return;
        if (random.Next() % 4 != 0) _again.Enqueue(handed);
    }

    /// <summary>From now on everything without an answer is handed in again.</summary>
    public void AskForAll()
    {
        _again.Clear();
        foreach (var handed in All.Where(one => !one.IsAcknowledged)) _again.Enqueue(handed);
    }

    /// <summary>A message and an id belong together, for ever: an id that comes twice would be a number used twice.</summary>
    public string? Bind(Handed handed, string id)
    {
        if (handed.Id is { } other && other != id) return $"{handed} is {id} as well: it is there twice, or changed its number";
        if (_byId.TryGetValue(id, out var owner) && owner != handed) return $"the number {id} was given to {handed} and before that to {owner}";
        if (handed is { Id: null, IsAcknowledged: false }) Kept++;
        handed.Id = id;
        _byId[id] = handed;
        return null;
    }

    /// <summary>Whether there is more to hand in.</summary>
    public bool HasMore => _again.Count > 0 || Left > 0;

    /// <summary>What was handed in with this mark; null when nothing was.</summary>
    public Handed? Find(string mark) => _byMark.GetValueOrDefault(mark);

    private Handed Make(int number)
    {
        var isStatus = random.Next() % 16 == 0;
        var priority = 1 + (int)(random.Next() % 4);
        var reference = random.Next() % 4 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"k{chain}-{number}");
        var mark = isStatus ? number.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"Melding {chain}.{number} {Words[random.Next() % (ulong)Words.Length]}");
        var fields = isStatus ? $"\"state\":\"open\",\"present\":{mark}" : $"\"category\":\"gezondheid\",\"text\":\"{mark}\"";
        var json = string.Create(CultureInfo.InvariantCulture, $"{{\"priority\":{priority},{fields}{(reference is null ? "" : $",\"clientRef\":\"{reference}\"")}}}");
        return new Handed(number, isStatus, mark, priority, reference, Encoding.UTF8.GetBytes(json));
    }
}
