using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Names in a scenario file.</summary>
internal static class ScenarioEvents
{
    /// <summary>Types that people hand in.</summary>
    public static IReadOnlyDictionary<string, MessageType> Types { get; } = new SortedDictionary<string, MessageType>(StringComparer.Ordinal)
    {
        ["melding"] = MessageType.Melding,
        ["hulpvraag"] = MessageType.Hulpvraag,
        ["hulpaanbod"] = MessageType.Hulpaanbod,
        ["status"] = MessageType.Status,
        ["bulletin"] = MessageType.Bulletin,
    };

    public static IReadOnlyDictionary<string, ModemFault> ModemFaults { get; } = new SortedDictionary<string, ModemFault>(StringComparer.Ordinal)
    {
        ["down"] = ModemFault.Down,
        ["silent"] = ModemFault.Silent,
        ["deaf"] = ModemFault.Deaf,
        ["restarts"] = ModemFault.Restarts,
        ["holds"] = ModemFault.Holds,
    };

    /// <summary>Whether a store lies on a simulated disk.</summary>
    public static IReadOnlyDictionary<string, bool> Stores { get; } = new SortedDictionary<string, bool>(StringComparer.Ordinal) { ["disk"] = true, ["memory"] = false };

    public static string NameOf(MessageType type) => Types.First(one => one.Value == type).Key;

    public static string NameOf(ModemFault fault) => ModemFaults.First(one => one.Value == fault).Key;
}
