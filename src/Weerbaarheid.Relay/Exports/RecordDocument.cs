using System.Buffers;

namespace Weerbaarheid.Relay.Exports;

/// <summary>A document with one entry for each record, written while the records are read, so that it needs the memory of a page however many there are.</summary>
internal abstract class RecordDocument
{
    /// <summary>The name of the file.</summary>
    public abstract string FileName { get; }

    /// <summary>The media type.</summary>
    public abstract string ContentType { get; }

    /// <summary>What stands before the first record.</summary>
    public abstract void Begin(IBufferWriter<byte> to);

    /// <summary>The next record.</summary>
    public abstract void Add(IBufferWriter<byte> to, RecordFacts facts);

    /// <summary>What stands behind the last one.</summary>
    /// <param name="to">Where.</param>
    /// <param name="amendmentsLeftOut">Amendments that did not fit.</param>
    public abstract void End(IBufferWriter<byte> to, int amendmentsLeftOut);
}
