namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A body of one type, checked as a whole and left where it stands.</summary>
/// <typeparam name="TView">The view itself.</typeparam>
public interface IBodyView<TView>
    where TView : IBodyView<TView>, allows ref struct
{
    /// <summary>Checks a body. Allocates nothing while nothing is wrong.</summary>
    /// <param name="body">The whole body, nothing before or after it.</param>
    /// <param name="view">The view; means nothing when something is wrong.</param>
    /// <param name="problem">One sentence that says what is wrong and where; empty when nothing is.</param>
    static abstract bool TryRead(ReadOnlySpan<byte> body, out TView view, out string problem);

    /// <summary>Reads the fields; the reader knows whether they are right.</summary>
    internal static abstract TView Read(scoped ref BodyReader body);

    /// <summary>The same message as a record, which outlives the bytes. Allocates.</summary>
    /// <param name="head">What travels in the header: priority, exercise flag and destination.</param>
    Message ToRecord(in MessageHead head);
}
