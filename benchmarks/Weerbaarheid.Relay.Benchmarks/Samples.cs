using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Benchmarks;

/// <summary>The named inputs: the same two messages as those of the <c>bench</c> verb, and the same for the peers.</summary>
internal static class Samples
{
    public const ulong Sequence = 4711;
    public const ushort Site = 11;

    public static readonly PeerMelding PeerMelding = new()
    {
        SentAt = (SampleMessages.Melding.SentAt!.Value.Seconds * 2L) + 1,
        Category = SampleMessages.Melding.Category,
        Postcode = "9351AB",
        Number = 12,
        Victims = SampleMessages.Melding.Victims,
        Text = SampleMessages.Text,
    };

    public static readonly PeerStatus PeerStatus = Of(SampleMessages.Status);

    public static PeerHeader Header(Message message) => new()
    {
        Type = (byte)message.Type,
        Priority = message.Priority,
        Exercise = (byte)message.Exercise,
        Site = Site,
        Sequence = Sequence,
    };

    private static PeerStatus Of(Status status) => new()
    {
        State = (byte)status.State,
        Present = status.Present,
        Capacity = status.Capacity,
        Staff = status.Staff,
        PowerHours = status.PowerHours,
        Water = status.Supplies.Water,
        Food = status.Supplies.Food,
        FirstAid = status.Supplies.FirstAid,
        Fuel = status.Supplies.Fuel,
        Heat = status.Supplies.Heat,
        Comms = status.Comms,
        Needs = status.Needs,
    };
}
