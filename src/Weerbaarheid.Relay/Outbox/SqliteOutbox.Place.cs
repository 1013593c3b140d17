using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <content>What is done when somebody deletes or moves the store's files while they are open.</content>
internal sealed partial class SqliteOutbox
{
    private string Displaced => $"The files of the store {_path} were deleted, moved or replaced while this node used them";

    /// <summary>Nothing is acknowledged that is not in the files at the path.</summary>
    /// <exception cref="OutboxException">They are not ours; what came of it is in the sentence, and a load must follow.</exception>
    /// <param name="mayHold">Whether the batch was written before this.</param>
    private void RequirePlace(bool mayHold = false)
    {
        if (!ReturnToPlace()) return;
        throw new OutboxException(
            $"{Displaced}. All that was stored was written back to that path, and what lay there is beside it as *.aside-N; what was being handed in and is not there is refused, and can be handed in again. Leave the files of a node alone while it runs.")
        { MayHold = mayHold };
    }

    /// <summary>Where the files at the path are not ours, all that is open is written back there.</summary>
    /// <returns>Whether it had to be; nothing is open then.</returns>
    /// <exception cref="OutboxException">It failed. The connection is kept, whatever is refused: it is the only place where the messages still are.</exception>
    private bool ReturnToPlace()
    {
        if (_file is not { Place: { IsKept: false } place }) return false;
        _tables = null;
        _file.Release();
        try
        {
            place.WriteBack(_file.Connection);
            // Not before the new file is there: until then a log that is gone must be missed.
            _options.Lives?.NoteLogEmpty();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new OutboxException(
                $"{Displaced}, and what it holds cannot be written back there: {e.Message} Do not stop the node, its messages are in open files only. Make room, and let this account write in that folder; nothing is taken in until then.", e);
        }

        Abandon();
        _notedLog = null;
        return true;
    }
}
