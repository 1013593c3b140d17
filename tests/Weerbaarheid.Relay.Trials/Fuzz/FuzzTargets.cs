using Weerbaarheid.Relay.Wire.Tests;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>All decoders of bytes that somebody else chose: those of the wire and those of the worker. SharpFuzz takes them from here too.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. Fuzzing.Targets,
        .. IntakeTargets.All,
        .. LineTargets.All,
        .. ModemTargets.All,
        .. BrokerTargets.All,
        .. FileTargets.All,
        .. StoreTargets.All,
        .. CoreTargets.All,
    ];

    public static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }
}
