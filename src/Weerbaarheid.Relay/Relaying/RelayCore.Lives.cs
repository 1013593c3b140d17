using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <content>
/// The lives of this node's own counters. A life that others cannot know is told in the header until a receipt shows that the meldkamer
/// knows it; a new way may lead past others that do not.
/// </content>
internal sealed partial class RelayCore
{
    /// <summary>Further ahead than this no life of a copy is believed to have been.</summary>
    private const uint MostLivesLost = 64;

    /// <summary>Records whose new number is logged one by one; of more only how many.</summary>
    private const int MostNamed = 20;

    private bool _lifeIsKnown;
    private bool _fellBack;

    /// <summary>
    /// Heartbeats always tell it, so that whoever holds the key learns it in the end; receipts and bulletins too, because nobody
    /// confirms those.
    /// </summary>
    private bool TellsLife(MessageType type) =>
        _counters.Life > 0 && (!_lifeIsKnown || type is MessageType.Heartbeat or MessageType.Receipt or MessageType.Bulletin);

    private void TellLifeOnNewWay(TimeSpan now)
    {
        if (_counters.Life == 0) return;
        (_lifeIsKnown, _heartbeatDue) = (false, now);
    }

    /// <summary>What a receipt says of this node's own numbers.</summary>
    private void LearnOfOwnNumbers(Receipt receipt, Instant at, Effects effects)
    {
        var newest = Math.Max(_counters.Life, Sequence.LifeOf(receipt.Highest));
        if (newest < Sequence.LastLife && SignOfReuse(receipt) is { } sign)
        {
            effects.Emit(new Output.Noted(NoteLevel.Warning,
                $"{sign}: an earlier copy of the data was put back, or another node runs with these keys. Numbers start anew in life {newest + 1}; find the other node."));
            StartLife(newest + 1, at, effects);
            _isChecked = true;
            _windows.SetChecked(_self.Id, _counters.LastRecord);
        }

        _isChecked |= KnownTags.IsAnswerTo(receipt.Check, FirstDoubtful);
        _lifeIsKnown = Sequence.LifeOf(receipt.UpTo) == _counters.Life;
    }

    /// <summary>
    /// A site had a receipt with a number that this store has not given out: an earlier copy of it was put back. Only once in a start, and not for a
    /// life far off, because a stolen site may say anything.
    /// </summary>
    private void LearnOfOwnStates(ushort origin, ulong heard, Instant at, Effects effects)
    {
        if (_fellBack || heard <= _counters.LastState || !Sequence.Exists(heard)) return;
        var newest = Math.Max(_counters.Life, Sequence.LifeOf(heard));
        if (newest >= Sequence.LastLife || newest - _counters.Life > MostLivesLost) return;
        _fellBack = true;
        effects.Emit(new Output.Noted(NoteLevel.Warning,
            $"site {origin} had a receipt with number {Sequence.NameOf(heard)} from here, and the last that this store gave out is {Sequence.NameOf(_counters.LastState)}: an earlier copy of "
            + $"the data was put back, or another node runs with these keys. Numbers start anew in life {newest + 1}; find the other node, and read in the report which records are missing here."));
        StartLife(newest + 1, at, effects);
    }

    /// <summary>
    /// What was numbered in this life and waits may bear numbers that were used before: the meldkamer takes it for a repeat, and its receipt
    /// means another message. It is numbered and sealed anew, all of it, since nobody here knows from where on; what the meldkamer had after
    /// all comes there once more under another id, which is better than never.
    /// </summary>
    private void StartLife(uint life, Instant at, Effects effects)
    {
        var doubtful = _counters.Life;
        _counters.Start(life, effects);
        _heartbeatDue = at.Now;
        var suspect = _custody.All.Where(held => held.Key.Origin == _self.Id && held.Key.Series == Series.Records && Sequence.LifeOf(held.Key.Sequence) == doubtful)
            .OrderBy(held => held.Order).ToList();
        foreach (var held in suspect) Renumber(held, named: suspect.Count <= MostNamed, at, effects);
        if (suspect.Count > MostNamed) effects.Emit(new Output.Noted(NoteLevel.Warning, $"{suspect.Count} records go on in life {life}"));
    }

    private void Renumber(Held held, bool named, Instant at, Effects effects)
    {
        if (Open(held) is not { } message) return;
        message = message with { Priority = held.Header.Priority, Exercise = held.Header.Exercise };
        var length = MessageCodec.Encode(message, _body);
        if (length == 0) return;
        var (key, header, bytes) = SealOwn(message, length, at.Now, effects);
        _custody.Remove(held);
        effects.Store(new StoreChange.Remove(held.Key));
        var stored = new StoredEnvelope(
            key, header, bytes, held.BornAt, at.Wall, Custody: true, MessageState.Opgeslagen, Delivered: true, Announced: true, held.ClientRef, null);
        effects.Store(new StoreChange.Put(stored));
        _own.Forget(held.Key.Sequence);
        _own.Remember(key.Sequence, new OwnRecord(header.Type, MessageState.Opgeslagen, held.ClientRef, null));
        if (IsMeldkamer) NoteOwnArrival(header, key.Sequence);
        _references.Rename(held.Key, key, effects);
        _custody.Add(Hold(header, key, bytes, held.BornAt, 0, MessageState.Opgeslagen, held.ClientRef, held.Lifetime));
        effects.Emit(new Output.Renumbered(held.Key, stored, message));
        if (named) effects.Emit(new Output.Noted(NoteLevel.Warning, $"{header.Type} {held.Key} goes on as {key}"));
        Progress(key, header.Type, MessageState.Opgeslagen, held.ClientRef, null, effects);
    }
}
