using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>The answer that somebody who handed a message in waits for.</summary>
/// <param name="began">When it was handed in, as the clock's timestamp.</param>
internal sealed class SubmitTicket(long began) : TaskCompletionSource<SubmitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>When it was handed in, as the clock's timestamp.</summary>
    public long Began => began;
}
