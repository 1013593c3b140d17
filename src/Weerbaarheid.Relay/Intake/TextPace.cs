namespace Weerbaarheid.Relay.Intake;

/// <summary>
/// How many messages a second get their texts made short. That costs more than all the rest of taking a message in, and pays where bytes are dear:
/// on a radio, which carries a few messages a second at most. Beyond a thousand a second they are written plain (FORMAT.md §9), so that a flood of
/// them, honest or not, cannot keep the processor from the rest. Safe to ask from several threads.
/// </summary>
internal sealed class TextPace(TimeProvider time)
{
    /// <summary>Messages a second that go on being made short; some two hundredths of a core of a workstation, a tenth of one of a small board.</summary>
    public const int PerSecond = 1_000;

    /// <summary>A burst that is made short as a whole, after a while of quiet.</summary>
    public const int Burst = 2_000;

    private readonly Lock _gate = new();
    private long _paidUntil = time.GetTimestamp() - Credit(time);

    /// <summary>Whether there is time to make the texts of one more message short.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var paid = Math.Max(_paidUntil, now - Credit(time)) + (time.TimestampFrequency / PerSecond);
            if (paid > now) return false;
            _paidUntil = paid;
            return true;
        }
    }

    private static long Credit(TimeProvider time) => time.TimestampFrequency * Burst / PerSecond;
}
