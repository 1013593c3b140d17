using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>The moment at which the core decides; it has no clock of its own.</summary>
/// <param name="Now">Node time: how long this store has been in use, never going back. Ages and timers run on it.</param>
/// <param name="Wall">What the wall clock says; shown to people, never decided by.</param>
/// <param name="WallTrusted">Whether the wall clock was set since the board got power.</param>
internal readonly record struct Instant(TimeSpan Now, DateTimeOffset Wall, bool WallTrusted);

/// <summary>Something that happened outside.</summary>
internal abstract record RelayEvent
{
    /// <summary>Somebody asked for something and waits for the answer.</summary>
    /// <param name="Ticket">Comes back in <see cref="Output.Completed"/>.</param>
    internal abstract record Request(object Ticket) : RelayEvent;

    /// <summary>A client handed in a message.</summary>
    /// <param name="Submission">The message, already valid for its type.</param>
    /// <param name="Ticket">Of the request.</param>
    internal sealed record Submit(Submission Submission, object Ticket) : Request(Ticket);

    /// <summary>An operator on this machine ordered something about the region's keys.</summary>
    /// <param name="What">The order.</param>
    /// <param name="Ticket">Of the request.</param>
    internal sealed record Order(KeyOrder What, object Ticket) : Request(Ticket);

    /// <summary>All that this node holds, or one record of it, is wanted on a stick.</summary>
    /// <param name="Only">The one record; null for everything.</param>
    /// <param name="Ticket">Of the request.</param>
    internal sealed record CourierExport(EnvelopeKey? Only, object Ticket) : Request(Ticket);

    /// <summary>A courier brought a frame; nothing about it was checked.</summary>
    /// <param name="Frame">As it lay in the file.</param>
    /// <param name="Ticket">Of the request.</param>
    internal sealed record CourierImport(ReadOnlyMemory<byte> Frame, object Ticket) : Request(Ticket);

    /// <summary>A link came up.</summary>
    internal sealed record LinkUp(int Link) : RelayEvent;

    /// <summary>A link went down.</summary>
    internal sealed record LinkDown(int Link, string Reason) : RelayEvent;

    /// <summary>Bytes arrived on a link; nothing about them was checked.</summary>
    internal sealed record FrameReceived(int Link, ReadOnlyMemory<byte> Bytes) : RelayEvent;

    /// <summary>The store says whether it has room for everything, or for priority 1 alone.</summary>
    internal sealed record Room(bool OnlyUrgent) : RelayEvent;

    /// <summary>The medium took a frame.</summary>
    internal sealed record FrameSent(int Link, long Number) : RelayEvent;
}

/// <summary>What must happen outside, once the changes of the same batch are on disk.</summary>
internal abstract record Output
{
    /// <summary>The fate of a submission.</summary>
    internal sealed record Completed(object Ticket, SubmitOutcome Outcome) : Output;

    /// <summary>What a courier may take along.</summary>
    internal sealed record Exported(object Ticket, CourierLoad Load) : Output;

    /// <summary>What became of a frame that a courier brought.</summary>
    internal sealed record Imported(object Ticket, CourierTaking Taking) : Output;

    /// <summary>A frame for a link.</summary>
    internal sealed record Send(int Link, OutgoingFrame Frame) : Output;

    /// <summary>A message arrived at this node. <paramref name="Message"/> is null when its body could not be read.</summary>
    internal sealed record Delivered(StoredEnvelope Envelope, Message? Message, string Problem) : Output;

    /// <summary>A message that was made here came a step further.</summary>
    internal sealed record Progressed(EnvelopeKey Key, MessageType Type, MessageState State, string? ClientRef, string? Reference) : Output;

    /// <summary>A message that was made here goes on under another number; in the report it takes the place of the first.</summary>
    internal sealed record Renumbered(EnvelopeKey Before, StoredEnvelope Envelope, Message Message) : Output;

    /// <summary>Something that a technician wants to read in the log.</summary>
    internal sealed record Noted(NoteLevel Level, string Text) : Output;
}

/// <summary>How loud a note is.</summary>
internal enum NoteLevel
{
    Information,
    Warning,
}

/// <summary>The consequences of a batch of events: first all changes in one transaction, then all outputs.</summary>
internal sealed class Effects
{
    public List<StoreChange> Changes { get; } = [];

    public List<Output> Outputs { get; } = [];

    public void Store(StoreChange change) => Changes.Add(change);

    public void Emit(Output output) => Outputs.Add(output);

    public void Clear()
    {
        Changes.Clear();
        Outputs.Clear();
    }
}

/// <summary>What a site is for.</summary>
internal enum Role : byte
{
    Noodsteunpunt = 0,
    Coordinatiepunt = 1,
    Meldkamer = 2,
}

/// <summary>Who this node is.</summary>
internal sealed record Site(ushort Id, string Name, Role Role, string Region);
