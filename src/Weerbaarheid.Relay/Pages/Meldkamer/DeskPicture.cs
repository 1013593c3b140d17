using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>All that the desk has in front of it at one version of the board.</summary>
/// <param name="Board">Whose.</param>
/// <param name="Version">As it was read before the messages.</param>
/// <param name="Records">Meldingen, hulpvragen and hulpaanbod in the order of the list.</param>
/// <param name="IsCut">Older records are not here any more: they lie in the store only.</param>
internal sealed record DeskPicture(MessageBoard Board, long Version, IReadOnlyList<DeskRecord> Records, bool IsCut)
{
    private readonly Dictionary<EnvelopeKey, DeskRecord> _byKey = Records.ToDictionary(record => record.Key);

    /// <summary>The mark with which somebody asks later what changed.</summary>
    public string Mark => Board.MarkOf(Version);

    /// <summary>Real priority 1 that nobody took up.</summary>
    public int Alarms { get; } = Records.Count(record => record.IsAlarm);

    public DeskRecord? Find(EnvelopeKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>Reads a board.</summary>
    public static DeskPicture Of(MessageBoard board, ushort desk)
    {
        var version = board.Version;
        var all = board.Newest(int.MaxValue);
        var words = LaterWords.ByRecord(all);
        var records = all.Where(entry => IsForDesk(entry.Envelope.Header.Type) && entry.Envelope.Key.Series == Wire.Sealing.Series.Records)
            .Select(entry => (Record: DeskRecord.Of(entry, words.GetValueOrDefault(entry.Envelope.Key, []), desk), Key: ""))
            .Select(pair => pair with { Key = pair.Record.SortKey })
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Record);
        return new DeskPicture(board, version, [.. records], board.IsFull);
    }

    private static bool IsForDesk(MessageType type) => type is MessageType.Melding or MessageType.Hulpvraag or MessageType.Hulpaanbod;
}
