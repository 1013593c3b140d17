namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>The machine's clocks with a wall clock that is ahead: as after hours without power, in which node time stood still.</summary>
internal sealed class ShiftedTime(TimeSpan ahead) : TimeProvider
{
    public TimeSpan Ahead { get; set; } = ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
