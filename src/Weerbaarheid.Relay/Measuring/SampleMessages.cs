using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>What is measured with: one message of each of the two commonest kinds. Changing them breaks every comparison with earlier runs.</summary>
internal static class SampleMessages
{
    /// <summary>63 characters of Dutch.</summary>
    public const string Text = "Oudere man niet aanspreekbaar in hal sporthal, hulp onderweg ja";

    public static readonly Melding Melding = new()
    {
        Priority = 1,
        Exercise = Exercise.Test,
        SentAt = new Moment(28_000_000, true),
        Category = 3,
        Victims = 1,
        Location = new AddressLocation("9351AB", 12, null),
        Text = Text,
    };

    public static readonly Status Status = new()
    {
        Priority = 3,
        Exercise = Exercise.Test,
        State = SiteState.Open,
        Present = 84,
        Capacity = 150,
        Staff = 6,
        PowerHours = 20,
        Supplies = new Supplies(3, 2, 4, 1, 2),
        Comms = 5,
        Needs = 2,
    };
}
